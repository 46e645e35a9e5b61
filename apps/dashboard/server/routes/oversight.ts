import { CreditsError, isCreditsError } from 'realtime-credits';
import type { Delivery, Ledger, OperatorReader, TransferFilter, WebhookLog } from 'realtime-credits-server';
import { z } from 'zod';
import type {
  AdminDeliveriesAnswer,
  AdminHealthAnswer,
  AdminReplayAnswer,
  AdminTimeAnswer,
  AdminTransferAnswer,
  AdminTransfersAnswer,
  TransferView,
} from '../../lib/admin-api.ts';
import { toTransferGroup, TRANSFER_GROUPS, TRANSFER_KINDS } from '../../lib/transfers.ts';
import { dayAfter, startOfDay } from '../activity/day-start.ts';
import { eventTarget, type Audit } from '../administration/audit.ts';
import { readBody, readQuery, wholeNumber } from '../http/body.ts';
import type { Routes } from '../http/route.ts';
import type { Names } from '../names.ts';
import type { Users } from '../users.ts';
import { findUser } from './find-user.ts';
import { rangeShape, searchText } from './range-schema.ts';

export interface OversightOptions {
  operator: OperatorReader;
  ledger: Pick<Ledger, 'findTransfer' | 'rates' | 'allowances' | 'lots'> & { webhooks: WebhookLog };
  audit: Pick<Audit, 'record'>;
  users: Users;
  names: Names;
  timeZone: string;
}

const LOTS_SHOWN = 50;

const transfersSchema = z.strictObject({
  user: searchText.exactOptional(),
  q: searchText.exactOptional(),
  type: z.enum(TRANSFER_GROUPS).exactOptional(),
  ...rangeShape,
  before: z
    .string()
    .regex(/^[\d.]{1,60}$/, 'must be the next of a page')
    .exactOptional(),
  limit: wholeNumber.pipe(z.int().min(1).max(100)).default(50),
});
const deliveriesSchema = z.strictObject({
  state: z.enum(['pending', 'delivered', 'failed']).exactOptional(),
  before: z.uuid().exactOptional(),
  limit: wholeNumber.pipe(z.int().min(1).max(100)).default(25),
});
const replaySchema = z.strictObject({});

/** `GET /api/admin/transfers`, `…/[id]`, `…/health`, `…/deliveries`, `…/users/[id]/time`, and the replay of an event. */
export function registerOversightRoutes(routes: Routes, options: OversightOptions): void {
  const { operator, ledger, audit, users, names, timeZone } = options;

  async function toSide(account: string): Promise<TransferView['from']> {
    if (account.startsWith('system:')) return { id: null, name: SYSTEM_NAMES[account] ?? account };
    return { id: account, name: (await names.read(account)) ?? 'A closed account' };
  }

  async function toView(transfer: Awaited<ReturnType<OperatorReader['transfers']>>['transfers'][number]) {
    const [from, to, actor] = await Promise.all([
      toSide(transfer.source),
      toSide(transfer.destination),
      transfer.actor.startsWith('system:') ? null : names.read(transfer.actor),
    ]);
    return {
      id: transfer.id,
      group: toTransferGroup(transfer.kind),
      from,
      to,
      amount: transfer.amount,
      reason: transfer.reason,
      by: actor ?? transfer.actor.replace(/^system:/, 'System: '),
      reverses: transfer.reverses,
      hold: transfer.hold,
      created_at: transfer.createdAt,
    } satisfies TransferView;
  }

  routes.admin('GET', '/api/admin/transfers', async ({ request }) => {
    const { user, q, type, min, max, from, to, tz = timeZone, before, limit } = readQuery(request, transfersSchema);
    const account = user === undefined ? undefined : await names.find(user.replace(/^@/, ''));
    if (account === null) {
      const data = { transfers: [], next: null, is_user_unknown: true };
      return { body: { success: true, data } satisfies AdminTransfersAnswer };
    }
    const filter: TransferFilter = {
      ...(account === undefined ? {} : { account }),
      ...(q === undefined ? {} : { reason: q }),
      ...(type === undefined ? {} : { kinds: TRANSFER_KINDS[type] }),
      ...(min === undefined ? {} : { amountMin: Number(min) }),
      ...(max === undefined ? {} : { amountMax: Number(max) }),
      ...(from === undefined ? {} : { from: startOfDay(from, tz).toISOString() }),
      ...(to === undefined ? {} : { until: startOfDay(dayAfter(to), tz).toISOString() }),
    };
    const page = await operator.transfers({ filter, limit, ...(before === undefined ? {} : { before }) });
    const transfers = await Promise.all(page.transfers.map(toView));
    const data = { transfers, next: page.next, is_user_unknown: false };
    return { body: { success: true, data } satisfies AdminTransfersAnswer };
  });

  routes.admin('GET', '/api/admin/transfers/:id', async ({ param }) => {
    const found = await ledger.findTransfer(param('id')).catch((error: unknown) => {
      if (isCreditsError(error) && error.code === 'invalid_request') throw new CreditsError('transfer_not_found');
      throw error;
    });
    const data = { ...(await toView(found)), reversals: found.reversals };
    return { body: { success: true, data } satisfies AdminTransferAnswer };
  });

  routes.admin('GET', '/api/admin/health', async () => {
    const { at, rates, allowances, lots, holds, events } = await operator.health();
    const { pending, failed, oldestPendingAt } = events;
    const data = {
      at,
      rates,
      allowances,
      lots,
      holds,
      events: { pending, failed, oldest_pending_at: oldestPendingAt },
    };
    return { body: { success: true, data } satisfies AdminHealthAnswer };
  });

  routes.admin('GET', '/api/admin/deliveries', async ({ request }) => {
    const { deliveries, next } = await ledger.webhooks.list(readQuery(request, deliveriesSchema));
    const data = await Promise.all(
      deliveries.map(async ({ id, account, type, state, attempts, error, at, createdAt }: Delivery) => ({
        id,
        user: await toSide(account),
        type,
        state,
        attempts,
        error,
        at,
        created_at: createdAt,
      })),
    );
    return { body: { success: true, data, next } satisfies AdminDeliveriesAnswer };
  });

  routes.admin('POST', '/api/admin/deliveries/:id/replay', async ({ request, user, caller, param }) => {
    await readBody(request, replaySchema);
    const id = param('id');
    await ledger.webhooks.replay(id).catch((error: unknown) => {
      if (isCreditsError(error) && error.code === 'invalid_request') throw new CreditsError('not_found');
      throw error;
    });
    await audit.record({
      actor: user.id,
      kind: 'replay_event',
      target: eventTarget(id),
      reason: '',
      address: caller.address ?? '',
      operationId: crypto.randomUUID(),
    });
    return { body: { success: true, message: 'The event is sent again.' } satisfies AdminReplayAnswer };
  });

  routes.admin('GET', '/api/admin/users/:id/time', async (context) => {
    const { id } = await findUser(users, context);
    const [{ rates, exhaustsAt }, { allowances }, { lots, hasMore }] = await Promise.all([
      ledger.rates(id),
      ledger.allowances(id),
      ledger.lots(id, { limit: LOTS_SHOWN }),
    ]);
    const data = {
      exhausts_at: exhaustsAt,
      rates: rates.map(({ id: rate, resource, amount: each, per, state, charged, startedAt }) => ({
        id: rate,
        resource,
        amount: each,
        per,
        state,
        charged,
        started_at: startedAt,
      })),
      allowances: allowances.map(({ id: allowance, name, amount: each, per, carryOver, nextRefillAt }) => ({
        id: allowance,
        name,
        amount: each,
        per,
        carry_over: carryOver,
        next_refill_at: nextRefillAt,
      })),
      lots: lots.map(({ version, available, held, priority, expiresAt }) => ({
        version,
        available,
        held,
        priority,
        expires_at: expiresAt,
      })),
      has_more_lots: hasMore,
    };
    return { body: { success: true, data } satisfies AdminTimeAnswer };
  });
}

/** Where credits come from and go to, beside people. */
const SYSTEM_NAMES: Readonly<Record<string, string>> = {
  'system:issued': 'Issued',
  'system:spent': 'Spent',
  'system:breakage': 'Expired',
};
