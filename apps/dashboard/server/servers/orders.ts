import { isCreditsError } from 'realtime-credits';
import type { Ledger } from 'realtime-credits-server';
import { UNIT } from '../unit.ts';
import { DashboardError } from '../http/failure.ts';
import { ProvisioningError, type Provisioner, type ServerOrder } from '../provisioning/provisioner.ts';
import { findInCatalogue } from './catalogue.ts';
import type { Charging } from './charging.ts';
import { LEASE_MS, type NewServer, type ServerRow, type ServerRows } from './server-rows.ts';

/**
 * One ordered server, from reserved credits to a server or to none: reserve → provision → post or void. For a server by the
 * hour its first hour is reserved; in place of the post, its rate is started.
 *
 * Invariants: a row and its hold are one transaction, and no request goes to the panel before it is committed; credits are posted only
 * for a server that the panel was seen to have; they are given back only when it has none, and one that turns up after
 * that is removed. Every step may be repeated by another process: the ledger's commands carry keys made from the row.
 */
export interface Orders {
  /**
   * Takes a new order all the way, as far as the panel answers. Returns the row as it ended up; null when the operation
   * has a row already, or its user too many servers.
   * @throws {CreditsError} `insufficient_credits`, and what else a hold can be refused with: then nothing is kept
   */
  place(server: NewServer, serversMax: number, owner: ServerOrder['owner']): Promise<ServerRow | null>;
  /** Takes a row on from wherever a process left it, by asking the panel what is there. */
  settle(row: ServerRow): Promise<ServerRow>;
}

export interface OrdersOptions {
  ledger: Ledger;
  rows: ServerRows;
  charging: Charging;
  provisioner: Provisioner;
  /** Wall-clock milliseconds. */
  now: () => number;
  /** Pauses before asking a silent panel again. @default [300, 1_500] */
  retryDelaysMs?: readonly number[];
  /** @default 900_000 */
  holdMs?: number;
  /** How long an order without an answer may still turn up at the panel. @default 600_000 */
  recheckMs?: number;
}

/** Longer than any panel is expected to be away; after it the hold expires by itself. */
const HOLD_MS = 15 * 60_000;
const RECHECK_MS = 10 * 60_000;
const ACTOR = 'system:provisioning';
const LATE = `The panel took too long; the ${UNIT.many} were given back.`;
const STOPPED = 'The dashboard stopped before the server was made.';

export function createOrders(options: OrdersOptions): Orders {
  const { ledger, rows, charging, provisioner, now, retryDelaysMs = [300, 1_500] } = options;
  const { holdMs = HOLD_MS, recheckMs = RECHECK_MS } = options;

  async function place(server: NewServer, serversMax: number, owner: ServerOrder['owner']): Promise<ServerRow | null> {
    const row = await reserve(server, serversMax);
    if (row === null) return null;
    // Renewed while the panel works, or a sweep of another instance would take the row.
    const renewal = setInterval(() => void rows.extendLease(row).catch(() => undefined), LEASE_MS / 3);
    try {
      return await provision(row, owner);
    } finally {
      clearInterval(renewal);
    }
  }

  /** The row and its hold commit together: when the credits are refused, nothing is kept. */
  function reserve(server: NewServer, serversMax: number): Promise<ServerRow | null> {
    return ledger.transaction(async ({ client, ledger: joined }) => {
      const row = await rows.insert(server, serversMax, client);
      if (row === null) return null;
      const { hold } = await joined.hold({
        account: row.userId,
        amount: row.planCost + row.setupFee,
        idempotencyKey: row.operationId,
        actor: row.userId,
        reason: `Server “${row.request.name}”`,
        metadata: { category: 'servers', action: 'create', server: row.id },
        expiresAfterMs: holdMs,
      });
      return rows.setHold(row, hold.id, client);
    });
  }

  async function provision(row: ServerRow, owner: ServerOrder['owner']): Promise<ServerRow> {
    const order = toOrder(row, owner);
    // After a lost response, a later refusal is only about the later request: check the panel before accepting it.
    let mayExist = false;
    for (let attempt = 0; ; attempt += 1) {
      try {
        const { panelId } = await provisioner.create(order);
        return await deliver(row, panelId);
      } catch (error) {
        if (!(error instanceof ProvisioningError)) throw error;
        if (error.outcome === 'refused' && !mayExist) return refuse(row, error.message, null);
        mayExist = true;
        const found = await lookUp(row.externalId);
        if (found !== null && found !== 'silent') return deliver(row, found.panelId);
        if (found === null && error.outcome === 'refused') return refuse(row, error.message, now() + recheckMs);
      }
      const delayMs = retryDelaysMs[attempt];
      if (delayMs === undefined) break;
      await new Promise((resolve) => setTimeout(resolve, delayMs));
    }
    await rows.endLease(row);
    return row;
  }

  async function lookUp(externalId: string): Promise<{ panelId: number } | null | 'silent'> {
    try {
      return await provisioner.find(externalId);
    } catch (error) {
      if (error instanceof ProvisioningError) return 'silent';
      throw error;
    }
  }

  function deliver(row: ServerRow, panelId: number): Promise<ServerRow> {
    return row.perHour === null ? post(row, panelId) : begin(row, panelId);
  }

  async function begin(row: ServerRow, panelId: number): Promise<ServerRow> {
    try {
      const running = (await charging.begin(row, panelId)) ?? (await readAgain(row));
      await rows.endLease(row);
      return running;
    } catch (error) {
      if (!isCreditsError(error)) throw error;
      if (error.code !== 'hold_already_resolved' && error.code !== 'insufficient_credits') throw error;
      const current = await readAgain(row);
      if (current.status !== 'provisioning') return current;
      await provisioner.remove(panelId);
      if (error.code === 'insufficient_credits') return refuse(row, `Your ${UNIT.many} ran out during setup.`, null);
      return finish(row, 'failed', { failure: LATE });
    }
  }

  async function post(row: ServerRow, panelId: number): Promise<ServerRow> {
    try {
      await ledger.post({
        hold: holdOf(row),
        idempotencyKey: `post:${row.externalId}`,
        actor: ACTOR,
        reason: `Server “${row.request.name}”`,
        metadata: { category: 'servers', action: 'create', server: row.id },
      });
    } catch (error) {
      if (!isCreditsError(error) || error.code !== 'hold_already_resolved') throw error;
      const hold = await ledger.findHold(holdOf(row));
      if (hold.state !== 'posted') {
        // The credits went back before the panel answered: a server that nobody paid for does not stay.
        await provisioner.remove(panelId);
        return finish(row, 'failed', { failure: LATE });
      }
    }
    return finish(row, 'running', { panelId });
  }

  async function refuse(row: ServerRow, failure: string, recheckUntil: number | null): Promise<ServerRow> {
    try {
      await ledger.void({
        hold: holdOf(row),
        idempotencyKey: `void:${row.externalId}`,
        actor: ACTOR,
        reason: `Server “${row.request.name}” failed`,
        metadata: { category: 'servers', action: 'create', server: row.id },
      });
    } catch (error) {
      // Voided or expired already is what we want. Posted: another process has seen the server.
      if (!isCreditsError(error) || error.code !== 'hold_already_resolved') throw error;
      const hold = await ledger.findHold(holdOf(row));
      if (hold.state === 'posted') return finish(row, 'running', {});
    }
    return finish(row, 'failed', { failure, recheckUntil });
  }

  async function finish(row: ServerRow, status: 'running' | 'failed', change: Parameters<ServerRows['move']>[2]) {
    const moved = await rows.move(row, status, change);
    if (moved?.status === 'running') await rows.endLease(moved);
    return moved ?? readAgain(row);
  }

  async function readAgain(row: ServerRow): Promise<ServerRow> {
    return (await rows.find(row.userId, row.id)) ?? row;
  }

  async function settle(row: ServerRow): Promise<ServerRow> {
    switch (row.status) {
      case 'provisioning': {
        const found = await provisioner.find(row.externalId);
        if (found !== null) return deliver(row, found.panelId);
        return refuse(row, STOPPED, now() + recheckMs);
      }
      case 'deleting': {
        if (row.panelId !== null) await provisioner.remove(row.panelId);
        return (await rows.move(row, 'deleted')) ?? row;
      }
      default:
        return recheck(row);
    }
  }

  /** A server that appeared after its credits were given back is removed. */
  async function recheck(row: ServerRow): Promise<ServerRow> {
    const found = await provisioner.find(row.externalId);
    if (found !== null) await provisioner.remove(found.panelId);
    const over = row.recheckUntil === null || row.recheckUntil <= now();
    if (found === null && !over) return row;
    return (await rows.move(row, row.status, { recheckUntil: null })) ?? row;
  }

  return Object.freeze({ place, settle });
}

function holdOf(row: ServerRow): string {
  if (row.holdId === null) throw new Error(`Server ${row.id} is ${row.status} and has no hold.`);
  return row.holdId;
}

function toOrder(row: ServerRow, owner: ServerOrder['owner']): ServerOrder {
  const choice = findInCatalogue(row.request);
  if (choice === null) throw new DashboardError('provisioning_failed', 'This is not offered any more.');
  return {
    externalId: row.externalId,
    name: row.request.name,
    owner,
    nest: choice.software.nest,
    egg: choice.software.egg,
    location: choice.location,
    plan: choice.plan,
  };
}
