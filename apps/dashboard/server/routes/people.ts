import { z } from 'zod';
import type { AdminAuditAnswer, AdminPersonAnswer } from '../../lib/admin-api.ts';
import { OPERATOR, nameTarget, type Audit } from '../administration/audit.ts';
import type { Closing } from '../administration/closing.ts';
import type { By, People } from '../administration/people.ts';
import { isDemoEmail } from '../demo/users.ts';
import { readBody, readQuery, wholeNumber } from '../http/body.ts';
import type { RouteAnswer, Routes, UserContext } from '../http/route.ts';
import { plainText } from '../http/text.ts';
import type { Names } from '../names.ts';
import type { Users } from '../users.ts';
import { findUser } from './find-user.ts';

export interface PeopleRoutesOptions {
  people: People;
  closing: Closing;
  audit: Audit;
  users: Users;
  names: Names;
}

const reason = plainText({ min: 3, max: 200 });
const auditQuerySchema = z.strictObject({
  before: wholeNumber.optional(),
  limit: wholeNumber.pipe(z.int().min(1).max(100)).default(25),
});
const roleSchema = z.strictObject({ role: z.enum(['user', 'admin']), reason });
const banSchema = z.strictObject({ banned: z.boolean(), reason });
const closeSchema = z.strictObject({ reason });
const passwordSchema = z.strictObject({ reason });
const emailSchema = z.strictObject({
  email: z
    .email()
    .max(254)
    .refine((address) => !isDemoEmail(address), 'is reserved: choose another'),
  reason,
});

/** `POST /api/admin/users/[id]/role`, `…/ban`, `…/close`, `…/password`, `…/email`, and `GET /api/admin/audit`. */
export function registerPeopleRoutes(
  routes: Routes,
  { people, closing, audit, users, names }: PeopleRoutesOptions,
): void {
  function change<Body extends { reason: string }>(
    path: string,
    schema: z.ZodType<Body>,
    run: (by: By, body: Body) => Promise<{ message: string; password?: string }>,
  ): void {
    routes.admin('POST', `/api/admin/users/:id/${path}`, async (context: UserContext): Promise<RouteAnswer> => {
      const body = await readBody(context.request, schema);
      const { id: target } = await findUser(users, context);
      const { message, password } = await run(
        {
          actor: context.user.id,
          target,
          reason: body.reason,
          address: context.caller.address ?? '',
          operationId: context.operationId,
        },
        body,
      );
      const data = password === undefined ? null : { password };
      return { body: { success: true, message, data } satisfies AdminPersonAnswer };
    });
  }

  change('role', roleSchema, async (by, { role }) => {
    await people.setRole(by, role);
    return { message: role === 'admin' ? 'They are an administrator now.' : 'They are no administrator now.' };
  });
  change('ban', banSchema, async (by, { banned }) => {
    await people.setBanned(by, banned);
    return { message: banned ? 'They are banned, and signed out.' : 'They may sign in again.' };
  });
  change('close', closeSchema, async (by) => {
    await closing.close(by);
    return { message: 'The account is closed, and its person forgotten.' };
  });
  change('password', passwordSchema, async (by) => ({
    message: 'They have a new password, which is shown this once. They are signed out, and have no second factor.',
    password: await people.resetPassword(by),
  }));
  change('email', emailSchema, async (by, { email }) => {
    await people.setEmail(by, email);
    return { message: 'They have another address, and are signed out.' };
  });

  routes.admin('GET', '/api/admin/audit', async ({ request }) => {
    const { before, limit } = readQuery(request, auditQuerySchema);
    const { rows, next } = await audit.list({ before: before ?? null, limit });
    const nameOf = async (id: string): Promise<string> =>
      id === OPERATOR ? 'The operator' : ((await names.read(id)) ?? id);
    const data = await Promise.all(
      rows.map(async ({ id, at, actor, kind, target, amount, details, reason: why, address }) => ({
        id,
        at,
        actor: await nameOf(actor),
        actor_id: actor,
        kind,
        target: nameTarget(target) ?? (await nameOf(target)),
        target_id: target,
        amount,
        details,
        reason: why,
        address,
      })),
    );
    return { body: { success: true, data, next } satisfies AdminAuditAnswer };
  });
}
