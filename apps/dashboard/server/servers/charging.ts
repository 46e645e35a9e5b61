import { isCreditsError } from 'realtime-credits';
import type { JoinedLedger, Ledger } from 'realtime-credits-server';
import { HIDDEN } from '../activity/groups.ts';
import type { ServerChange, ServerRow, ServerRows } from './server-rows.ts';

/**
 * What servers by the hour cost: a rate of the ledger from the moment they run until they are stopped or deleted.
 *
 * Invariants: the row and its rate are one transaction, so a row has a rate exactly while its server is charged. Each
 * start is charged one hour at once: turning a server off and on is never cheaper than leaving it on.
 */
export interface Charging {
  /**
   * The server runs: ends the reservation of its first hour, charges that hour, and starts the rate. Null when the row
   * is not being set up any more.
   * @throws {CreditsError} `hold_already_resolved`, `insufficient_credits` — nothing is charged, and the row is as it was
   */
  begin(row: ServerRow, panelId: number): Promise<ServerRow | null>;
  /** Marks a running server as being deleted, and ends what it costs. Null when it is not running any more. */
  end(row: ServerRow, removedBy: string): Promise<ServerRow | null>;
  /**
   * Stops or starts a running server, at the wish of its owner. Null when it is not powered as the row says any more.
   * @throws {CreditsError} `insufficient_credits` — an hour cannot be paid
   */
  setPower(row: ServerRow, on: boolean, operationId: string): Promise<ServerRow | null>;
}

const ACTOR = 'system:servers';

export function createCharging({ ledger, rows }: { ledger: Ledger; rows: ServerRows }): Charging {
  async function start(
    joined: JoinedLedger,
    row: ServerRow,
    by: { actor: string; idempotencyKey: string },
  ): Promise<string | null> {
    if (row.perHour === null) return null;
    const { rate } = await joined.startRate({
      ...by,
      account: row.userId,
      // What people read where they are told what runs. Names of one person may repeat: rates have ids.
      resource: row.request.name,
      amount: row.perHour,
      per: 'hour',
      minimum: row.perHour,
      reason: `Server “${row.request.name}”: the first hour`,
      metadata: { category: 'servers', action: 'start', server: row.id },
    });
    return rate.id;
  }

  async function stop(joined: JoinedLedger, row: ServerRow, by: { actor: string; idempotencyKey: string }) {
    if (row.rateId === null) return;
    try {
      await joined.stopRate({
        ...by,
        account: row.userId,
        rate: row.rateId,
        reason: `Server “${row.request.name}”: stopped`,
        metadata: { category: 'servers', action: 'stop', server: row.id },
      });
    } catch (error) {
      // Stopped by an operator: what is wanted.
      if (!isCreditsError(error) || error.code !== 'rate_not_found') throw error;
    }
  }

  return Object.freeze({
    begin: (row: ServerRow, panelId: number) =>
      ledger.transaction(async ({ client, ledger: joined }) => {
        const running = await rows.move(row, 'running', { panelId }, client);
        if (running === null || running.holdId === null) return null;
        await joined.void({
          hold: running.holdId,
          idempotencyKey: `void:${row.externalId}`,
          actor: ACTOR,
          reason: `Server “${row.request.name}”: the first hour is charged`,
          // Reserved and charged are one event, which the rate tells.
          metadata: { category: HIDDEN, action: 'start', server: row.id },
        });
        const by = { actor: ACTOR, idempotencyKey: `rate:${row.externalId}` };
        return rows.setPower(running, { powered: true, rateId: await start(joined, running, by) }, client);
      }),
    async end(row: ServerRow, removedBy: string) {
      const change: ServerChange = { removedBy };
      if (row.perHour === null) return rows.move(row, 'deleting', change);
      return ledger.transaction(async ({ client, ledger: joined }) => {
        const deleting = await rows.move(row, 'deleting', change, client);
        if (deleting === null) return null;
        await stop(joined, deleting, { actor: row.userId, idempotencyKey: removedBy });
        return rows.setPower(deleting, { powered: deleting.powered, rateId: null }, client);
      });
    },
    setPower: (row: ServerRow, on: boolean, operationId: string) =>
      ledger.transaction(async ({ client, ledger: joined }) => {
        const by = { actor: row.userId, idempotencyKey: operationId };
        // The row first: it is locked in the same order everywhere.
        const waiting = await rows.setPower(row, { powered: on, rateId: null }, client);
        if (waiting === null) return null;
        if (!on) {
          await stop(joined, row, by);
          return waiting;
        }
        const rateId = await start(joined, waiting, by);
        return rateId === null ? waiting : rows.setPower(waiting, { powered: true, rateId }, client);
      }),
  });
}
