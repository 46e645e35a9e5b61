import { isCreditsError } from 'realtime-credits';
import type { Ledger } from 'realtime-credits-server';

/** What makes servers. It knows an order by the id of its hold, and every method rejects when it does not answer. */
export interface Panel {
  /** Makes the server of an order, or finds the one that it made before. Gives up after 30 s. False: it will not. */
  create(order: string): Promise<boolean>;
  has(order: string): Promise<boolean>;
  remove(order: string): Promise<void>;
}

export type OrderOutcome = 'made' | 'refused' | 'unknown';

const HOLD_MS = 15 * 60_000;
/** Longer than `create` may take: what is older is not under way any more. */
const UNDER_WAY_MS = 60_000;
/** How long a server may still turn up that was ordered and never confirmed. */
const LATE_MS = 24 * 3_600_000;
const BY = { actor: 'system:orders', reason: 'Server' };

/**
 * Reserves the price, has the server made, and only then charges. When the panel says nothing, the outcome is `unknown`
 * and the credits stay reserved: {@link settleOrders} decides, once the panel speaks.
 *
 * @throws {CreditsError} `insufficient_credits` — nothing was ordered
 */
export async function orderServer(
  ledger: Ledger,
  panel: Panel,
  { account, price, idempotencyKey }: { account: string; price: number; idempotencyKey: string },
): Promise<OrderOutcome> {
  const reserve = { account, actor: account, amount: price, reason: BY.reason, expiresAfterMs: HOLD_MS };
  const { hold, replayed } = await ledger.hold({ ...reserve, idempotencyKey });
  if (replayed) {
    const { state } = await ledger.findHold(hold.id);
    if (state !== 'open') return state === 'posted' ? 'made' : 'refused';
  }
  try {
    if (!(await panel.create(hold.id))) return await giveBack(ledger, hold.id);
  } catch {
    return 'unknown'; // perhaps it was made: neither charging nor giving back is right
  }
  return charge(ledger, panel, hold.id);
}

/** Run it every minute, on as many instances as you like: asks the panel about whatever nobody knows. */
export async function settleOrders(ledger: Ledger, panel: Panel, nowMs: number = Date.now()): Promise<void> {
  for await (const { id, createdAt } of listOrders(ledger, 'open')) {
    if (nowMs - Date.parse(createdAt) < UNDER_WAY_MS) continue;
    const exists = await panel.has(id).catch(() => null);
    if (exists === true) await charge(ledger, panel, id);
    else if (exists === false) await giveBack(ledger, id);
    else await keep(ledger, id, nowMs);
  }
  // A request that seemed lost may still have arrived: a server that nobody paid for is deleted.
  for (const state of ['voided', 'expired'] as const) {
    for await (const { id, createdAt } of listOrders(ledger, state)) {
      if (nowMs - Date.parse(createdAt) > LATE_MS) break;
      if (await panel.has(id).catch(() => false)) await panel.remove(id);
    }
  }
}

async function charge(ledger: Ledger, panel: Panel, hold: string): Promise<OrderOutcome> {
  const isPaid = await finish(ledger, hold, () => ledger.post({ ...BY, hold, idempotencyKey: `post:${hold}` }));
  if (isPaid) return 'made';
  await panel.remove(hold); // its credits went back before it was made
  return 'refused';
}

async function giveBack(ledger: Ledger, hold: string): Promise<OrderOutcome> {
  const isPaid = await finish(ledger, hold, () => ledger.void({ ...BY, hold, idempotencyKey: `void:${hold}` }));
  return isPaid ? 'made' : 'refused';
}

/** The panel is silent: the credits stay reserved until it speaks, or for as long as nobody runs this. */
async function keep(ledger: Ledger, hold: string, nowMs: number): Promise<void> {
  const idempotencyKey = `keep:${hold}:${Math.floor(nowMs / UNDER_WAY_MS)}`;
  await finish(ledger, hold, () => ledger.extend({ ...BY, hold, expiresAfterMs: HOLD_MS, idempotencyKey }));
}

/** Ends a hold, or finds it ended by another process. Resolves with whether it is paid. */
async function finish(ledger: Ledger, hold: string, end: () => Promise<unknown>): Promise<boolean> {
  await end().catch((error: unknown) => {
    if (!isCreditsError(error) || error.code !== 'hold_already_resolved') throw error;
  });
  return (await ledger.findHold(hold)).state === 'posted';
}

/** Newest first. The ledger's holds are the list of orders: no table is needed beside them. */
async function* listOrders(ledger: Ledger, state: 'open' | 'voided' | 'expired') {
  let before: string | undefined;
  do {
    const page = await ledger.allHolds({ state, limit: 100, ...(before === undefined ? {} : { before }) });
    yield* page.holds.filter(({ reason }) => reason === BY.reason);
    before = page.next ?? undefined;
  } while (before !== undefined);
}
