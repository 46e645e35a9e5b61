import { z } from 'zod';
import type { AdminAdjustAnswer, AdminApprovalsAnswer, AdminVoidAnswer } from '../../lib/admin-api.ts';
import { UNIT } from '../unit.ts';
import type { AdjustmentOutcome, Adjustments } from '../administration/adjustments.ts';
import { readBody } from '../http/body.ts';
import { DashboardError } from '../http/failure.ts';
import type { RouteAnswer, Routes, UserContext } from '../http/route.ts';
import { plainText } from '../http/text.ts';
import type { Names } from '../names.ts';
import type { Users } from '../users.ts';
import { findUser } from './find-user.ts';

export interface AdjustmentRoutesOptions {
  adjustments: Adjustments;
  users: Users;
  names: Names;
}

const reason = plainText({ min: 3, max: 200 });
const adjustSchema = z.union([
  z.strictObject({
    amount: z
      .int()
      .min(-Number.MAX_SAFE_INTEGER)
      .max(Number.MAX_SAFE_INTEGER)
      .refine((amount) => amount !== 0, 'must not be 0'),
    reason,
  }),
  z.strictObject({
    balance: z.int().min(0).max(Number.MAX_SAFE_INTEGER),
    expected_version: z.int().min(0),
    reason,
  }),
  z.strictObject({ reverse: z.string().min(1).max(100), reason }),
]);
const voidSchema = z.strictObject({ reason });
const decisionSchema = z.strictObject({ approve: z.boolean(), reason });

/** `POST /api/admin/users/[id]/coins`, `GET /api/admin/approvals` and `POST /api/admin/approvals/[id]`. */
export function registerAdjustmentRoutes(routes: Routes, options: AdjustmentRoutesOptions): void {
  const { adjustments, users, names } = options;

  async function answer(context: UserContext, outcome: AdjustmentOutcome): Promise<RouteAnswer> {
    const [snapshot, name] = await Promise.all([context.snapshot(), names.read(outcome.target)]);
    if (outcome.kind !== 'done') {
      const isWaiting = outcome.kind === 'waiting';
      const message = isWaiting
        ? 'This is above your limits: it takes effect once another administrator approves it.'
        : 'The adjustment was rejected.';
      return {
        status: isWaiting ? 202 : 200,
        body: { success: true, message, data: null, snapshot } satisfies AdminAdjustAnswer,
      };
    }
    const { receipt, amount, target } = outcome;
    // Of a reversal, the receipt may be about the other side.
    const after = receipt.account === target ? receipt.balance.available : null;
    return {
      body: {
        success: true,
        message: after === null ? 'The transfer was reversed.' : `${name ?? target} now has ${after} ${UNIT.many}.`,
        data: {
          user_id: target,
          amount,
          balance_before: after === null ? 0 : after - amount,
          balance_after: after ?? 0,
          version: receipt.version,
          new_balance: snapshot.balance.available,
        },
        snapshot,
      } satisfies AdminAdjustAnswer,
    };
  }

  const by = (context: UserContext) => ({
    admin: context.user.id,
    operationId: context.operationId,
    address: context.caller.address ?? '',
  });

  routes.admin('POST', '/api/admin/users/:id/coins', async (context) => {
    const change = await readBody(context.request, adjustSchema);
    const { id: target } = await findUser(users, context);
    return answer(context, await adjustments.request({ ...by(context), target, change }));
  });

  routes.admin('GET', '/api/admin/approvals', async ({ user }) => {
    const waiting = await adjustments.listWaiting();
    const data = await Promise.all(
      waiting.map(async ({ id, admin, target, amount, change, requestedAt }) => ({
        id,
        user_id: target,
        username: (await names.read(target)) ?? target,
        requested_by: (await names.read(admin)) ?? admin,
        own: admin === user.id,
        amount,
        reason: change.reason,
        requested_at: requestedAt,
      })),
    );
    return { body: { success: true, data } satisfies AdminApprovalsAnswer };
  });

  routes.admin('POST', '/api/admin/holds/:id/void', async (context) => {
    const { reason: why } = await readBody(context.request, voidSchema);
    await adjustments.release({ ...by(context), hold: context.param('id'), reason: why });
    return { body: { success: true, message: 'The reservation was released.' } satisfies AdminVoidAnswer };
  });

  routes.admin('POST', '/api/admin/approvals/:id', async (context) => {
    const { approve, reason: why } = await readBody(context.request, decisionSchema);
    const id = context.param('id');
    if (!/^\d{1,15}$/.test(id)) throw new DashboardError('approval_not_found', 'There is no such adjustment.');
    return answer(context, await adjustments.decide({ ...by(context), id: Number(id), approve, reason: why }));
  });
}
