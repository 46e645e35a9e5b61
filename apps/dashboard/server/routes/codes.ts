import { z } from 'zod';
import type { AdminCode, AdminCodeAnswer, AdminCodePageAnswer, AdminCodesAnswer } from '../../lib/admin-api.ts';
import type { RedeemAnswer } from '../../lib/api.ts';
import { UNIT } from '../unit.ts';
import { codeTarget, type Audit } from '../administration/audit.ts';
import { parseCode } from '../codes/code-text.ts';
import type { Code, Codes } from '../codes/codes.ts';
import type { Redemptions } from '../codes/redeem.ts';
import { readBody, readQuery, wholeNumber } from '../http/body.ts';
import { DashboardError } from '../http/failure.ts';
import type { RateLimiter } from '../http/rate-limit.ts';
import type { Routes, UserContext } from '../http/route.ts';
import { plainText } from '../http/text.ts';
import type { Names } from '../names.ts';

export interface CodeRoutesOptions {
  codes: Codes;
  redemptions: Redemptions;
  audit: Audit;
  names: Names;
  limiter: RateLimiter;
}

const AMOUNT_MAX = 1_000_000_000;
const USES_MAX = 1_000_000;
const CHANGES_SHOWN = 50;

const redeemSchema = z.strictObject({ code: z.string().max(100) });
const listSchema = z.strictObject({
  before: wholeNumber.optional(),
  limit: wholeNumber.pipe(z.int().min(1).max(100)).default(50),
});
/** Postgres has no year 0, and people mistype years. */
const instant = z
  .string()
  .refine(
    (iso) => z.iso.datetime().safeParse(iso).success && iso >= '2000' && iso < '2100',
    'must be an instant such as 2026-11-22T12:00:00Z',
  );
const amount = z.int().min(1).max(AMOUNT_MAX);
const uses = z.int().min(1).max(USES_MAX);
const note = plainText({ max: 200 });
const createSchema = z.strictObject({
  /** Without one it is generated. */
  code: z
    .string()
    .max(100)
    .transform(parseCode)
    .refine((code) => code !== null, 'must have 4 to 24 letters and digits')
    .optional(),
  amount,
  uses,
  starts_at: instant.nullable().default(null),
  ends_at: instant.nullable().default(null),
  note: note.default(''),
});
const editSchema = z.strictObject({
  amount: amount.optional(),
  uses: uses.optional(),
  starts_at: instant.optional(),
  ends_at: instant.nullable().optional(),
  note: note.optional(),
  stopped: z.boolean().optional(),
  reason: plainText({ max: 200 }).default(''),
});

/** `POST /api/codes/redeem`, `GET` and `POST /api/admin/codes`, and both of `/api/admin/codes/[code]`. */
export function registerCodeRoutes(routes: Routes, options: CodeRoutesOptions): void {
  const { codes, redemptions, audit, names, limiter } = options;

  routes.user('POST', '/api/codes/redeem', async (context) => {
    await limiter.take('redeem', context.caller);
    const { code } = await readBody(context.request, redeemSchema);
    const facts = await redemptions.redeem(context.user.id, context.operationId, code);
    const snapshot = await context.snapshot();
    return {
      body: {
        success: true,
        message: `You received ${facts.amount} ${UNIT.many}.`,
        data: { ...facts, new_balance: snapshot.balance.available },
        snapshot,
      } satisfies RedeemAnswer,
    };
  });

  routes.admin('GET', '/api/admin/codes', async ({ request }) => {
    const { before, limit } = readQuery(request, listSchema);
    const { codes: found, next } = await codes.list({ before: before ?? null, limit });
    return { body: { success: true, data: found.map(toAdminCode), next } satisfies AdminCodesAnswer };
  });

  routes.admin('POST', '/api/admin/codes', async (context) => {
    const terms = await readBody(context.request, createSchema);
    const made = await codes.create(by(context), {
      code: terms.code ?? null,
      amount: terms.amount,
      usesMax: terms.uses,
      startsAt: terms.starts_at,
      endsAt: terms.ends_at,
      note: terms.note,
    });
    const message = `The code ${made.code} was made.`;
    return { status: 201, body: { success: true, message, data: toAdminCode(made) } satisfies AdminCodeAnswer };
  });

  routes.admin('GET', '/api/admin/codes/:code', async (context) => {
    const code = readCode(context);
    const [found, uses_, changes] = await Promise.all([
      codes.find(code),
      codes.listRedemptions(code),
      audit.list({ before: null, limit: CHANGES_SHOWN, target: codeTarget(code) }),
    ]);
    const data = {
      code: toAdminCode(found),
      redemptions: await Promise.all(
        uses_.map(async ({ userId, amount: paid, redeemedAt }) => ({
          user_id: userId,
          username: (await names.read(userId)) ?? userId,
          amount: paid,
          redeemed_at: redeemedAt,
        })),
      ),
      changes: await Promise.all(
        changes.rows.map(async ({ id, at, actor, kind, details, reason }) => ({
          id,
          at,
          actor: (await names.read(actor)) ?? actor,
          kind,
          details,
          reason,
        })),
      ),
    };
    return { body: { success: true, data } satisfies AdminCodePageAnswer };
  });

  routes.admin('POST', '/api/admin/codes/:code', async (context) => {
    const code = readCode(context);
    const {
      reason,
      uses: usesMax,
      starts_at: startsAt,
      ends_at: endsAt,
      ...rest
    } = await readBody(context.request, editSchema);
    const edited = await codes.edit({ ...by(context), reason }, code, { ...rest, usesMax, startsAt, endsAt });
    const message = `The code ${code} was changed.`;
    return { body: { success: true, message, data: toAdminCode(edited) } satisfies AdminCodeAnswer };
  });
}

function by(context: UserContext) {
  const { user, operationId, caller } = context;
  return { actor: user.id, operationId, address: caller.address ?? '' };
}

function readCode(context: UserContext): string {
  const code = parseCode(context.param('code'));
  if (code === null) throw new DashboardError('code_not_found', 'There is no such code.');
  return code;
}

function toAdminCode(code: Code): AdminCode {
  return {
    id: code.id,
    code: code.code,
    amount: code.amount,
    uses: code.uses,
    uses_max: code.usesMax,
    starts_at: code.startsAt,
    ends_at: code.endsAt,
    note: code.note,
    stopped: code.stopped,
    created_at: code.createdAt,
  };
}
