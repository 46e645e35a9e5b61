import type { ClientBase, Pool } from 'pg';
import type { GameServer } from '../../lib/api.ts';
import type { ServerChoice } from './catalogue.ts';

/**
 * The rows of `dashboard_servers`: every statement about them, and nothing about when it is used.
 *
 * A row moves `provisioning → running | failed`, then `deleting → deleted`. Each move names the status that it
 * leaves: of two processes with the same row, only one moves it. A row with a price per hour has a rate of the ledger while
 * it is charged. `leased_until` says until when a process counts
 * as working on it; the lease saves work, and correctness does not depend on it.
 */
export type ServerStatus = 'provisioning' | 'running' | 'failed' | 'deleting' | 'deleted';

/** What a person asked for. */
export type ServerRequest = ServerChoice & { name: string };

export interface ServerRow {
  id: number;
  userId: string;
  operationId: string;
  request: ServerRequest;
  externalId: string;
  planCost: number;
  setupFee: number;
  /** Null: paid once. */
  perHour: number | null;
  status: ServerStatus;
  /** Whether its owner wants it to run. */
  powered: boolean;
  /** The rate that charges it now. */
  rateId: string | null;
  /** All rates that it ever had. */
  rateIds: string[];
  /** Whether the panel was told to suspend it. */
  suspended: boolean;
  holdId: string | null;
  panelId: number | null;
  failure: string | null;
  /** The operation that deleted it. */
  removedBy: string | null;
  /** Until when an orphan may still turn up at the panel; null when none can. */
  recheckUntil: number | null;
  createdAt: string;
}

export interface NewServer {
  userId: string;
  operationId: string;
  request: ServerRequest;
  externalId: string;
  planCost: number;
  setupFee: number;
  perHour: number | null;
}

/** What a move may set besides the status. */
export interface ServerChange {
  panelId?: number;
  failure?: string;
  removedBy?: string;
  recheckUntil?: number | null;
}

/** What a server by the hour is charged with: a rate while it is powered. */
export interface ServerPower {
  powered: boolean;
  rateId: string | null;
}

export interface ServerRows {
  /**
   * Adds a row in `provisioning`, leased; null when the operation has one already, or the user has too many servers.
   * In a transaction, which gives it its hold as well.
   */
  insert(server: NewServer, serversMax: number, client: ClientBase): Promise<ServerRow | null>;
  setHold(row: ServerRow, holdId: string, client: ClientBase): Promise<ServerRow>;
  findByOperation(userId: string, operationId: string): Promise<ServerRow | null>;
  find(userId: string, id: number): Promise<ServerRow | null>;
  /** What a person sees, newest first: everything that is not deleted. */
  list(userId: string): Promise<ServerRow[]>;
  /** Moves a row from one status to another. Returns the row, or null when it was not in that status any more. */
  move(row: ServerRow, to: ServerStatus, change?: ServerChange, client?: ClientBase): Promise<ServerRow | null>;
  /** Says how a running row is powered now. Null when it was not powered as the given row any more. */
  setPower(row: ServerRow, power: ServerPower, client: ClientBase): Promise<ServerRow | null>;
  /** Notes what the panel was told. */
  setSuspended(row: ServerRow, suspended: boolean): Promise<ServerRow>;
  /** Rows of these people that are charged by the hour. */
  listCharged(userIds: readonly string[]): Promise<ServerRow[]>;
  /** Who pays how much by the hour, those who pay most first. Suspended ones count. */
  listPayers(limit: number): Promise<{ userId: string; perHour: number }[]>;
  /** What all servers that are charged cost by the hour. Suspended ones count. */
  sumCharged(): Promise<{ perHour: number; servers: number }>;
  /** Leases running rows that may have to be suspended at the panel or not, those looked at longest ago first. */
  takeRunning(limit: number): Promise<ServerRow[]>;
  /** Which servers of a person rates charge for. */
  findByRates(userId: string, rates: readonly string[]): Promise<Map<string, number>>;
  /** Leases one row; null while another process works on it. */
  takeLease(row: ServerRow): Promise<ServerRow | null>;
  /** Forgets what a person called their servers. */
  forgetNames(userId: string): Promise<void>;
  /** Says that this process works on a row for some time more. */
  extendLease(row: ServerRow): Promise<void>;
  /** Ends the lease now: the next sweep may take the row. */
  endLease(row: ServerRow): Promise<void>;
  /** Leases rows that nobody works on and that are not finished. Of two callers, each gets different rows. */
  takeUnfinished(limit: number): Promise<ServerRow[]>;
  /** Ends every lease: for a database that only one process can have open, at its start. */
  endAllLeases(): Promise<void>;
}

/** A dead process is noticed after this time. A running one renews its lease well before. */
export const LEASE_MS = 30_000;

interface Raw {
  id: string;
  user_id: string;
  operation_id: string;
  request: ServerRequest;
  external_id: string;
  plan_cost: string;
  setup_fee: string;
  per_hour: string | null;
  status: ServerStatus;
  powered: boolean;
  rate_id: string | null;
  rate_ids: string[];
  suspended: boolean;
  hold_id: string | null;
  panel_id: string | null;
  failure: string | null;
  removed_by: string | null;
  recheck_until: Date | string | null;
  created_at: Date | string;
}

const COLUMNS =
  'id, user_id, operation_id, request, external_id, plan_cost, setup_fee, per_hour, status, powered, rate_id, rate_ids, suspended, hold_id, panel_id, failure, removed_by, recheck_until, created_at';

/** @param now - Wall-clock milliseconds. */
export function createServerRows(pool: Pool, now: () => number): ServerRows {
  const at = (ms: number) => new Date(now() + ms).toISOString();

  async function query(sql: string, values: unknown[], on: Pool | ClientBase = pool): Promise<ServerRow[]> {
    const { rows } = await on.query<Raw>(sql, values);
    return rows.map(toServerRow);
  }

  return Object.freeze({
    async insert(server: NewServer, serversMax: number, client: ClientBase) {
      const rows = await query(
        `INSERT INTO dashboard_servers
           (user_id, operation_id, request, external_id, plan_cost, setup_fee, per_hour, status, leased_until, created_at)
         SELECT $1, $2, $3, $4, $5, $6, $10, 'provisioning', $7, $8
         WHERE (SELECT count(*) FROM dashboard_servers
                WHERE user_id = $1 AND status NOT IN ('failed', 'deleted')) < $9
         ON CONFLICT DO NOTHING RETURNING ${COLUMNS}`,
        [
          server.userId,
          server.operationId,
          JSON.stringify(server.request),
          server.externalId,
          server.planCost,
          server.setupFee,
          at(LEASE_MS),
          at(0),
          serversMax,
          server.perHour,
        ],
        client,
      );
      return rows[0] ?? null;
    },
    async setHold(row: ServerRow, holdId: string, client: ClientBase) {
      await client.query('UPDATE dashboard_servers SET hold_id = $2 WHERE id = $1', [row.id, holdId]);
      return { ...row, holdId };
    },
    async findByOperation(userId: string, operationId: string) {
      const rows = await query(`SELECT ${COLUMNS} FROM dashboard_servers WHERE user_id = $1 AND operation_id = $2`, [
        userId,
        operationId,
      ]);
      return rows[0] ?? null;
    },
    async find(userId: string, id: number) {
      const rows = await query(`SELECT ${COLUMNS} FROM dashboard_servers WHERE user_id = $1 AND id = $2`, [userId, id]);
      return rows[0] ?? null;
    },
    list: (userId: string) =>
      query(
        `SELECT ${COLUMNS} FROM dashboard_servers WHERE user_id = $1 AND status <> 'deleted' ORDER BY id DESC LIMIT 200`,
        [userId],
      ),
    async move(row: ServerRow, to: ServerStatus, change: ServerChange = {}, client?: ClientBase) {
      const recheckUntil =
        change.recheckUntil === undefined || change.recheckUntil === null
          ? null
          : new Date(change.recheckUntil).toISOString();
      const rows = await query(
        `UPDATE dashboard_servers SET status = $3, panel_id = coalesce($4, panel_id), failure = coalesce($5, failure),
           removed_by = coalesce($6, removed_by), recheck_until = $7
         WHERE id = $1 AND status = $2 RETURNING ${COLUMNS}`,
        [
          row.id,
          row.status,
          to,
          change.panelId ?? null,
          change.failure ?? null,
          change.removedBy ?? null,
          recheckUntil,
        ],
        client,
      );
      return rows[0] ?? null;
    },
    async setPower(row: ServerRow, { powered, rateId }: ServerPower, client: ClientBase) {
      const rows = await query(
        `UPDATE dashboard_servers SET powered = $3, rate_id = $4::text,
           rate_ids = CASE WHEN $4::text IS NULL THEN rate_ids ELSE rate_ids || $4::text END
         WHERE id = $1 AND status IN ('running', 'deleting') AND rate_id IS NOT DISTINCT FROM $2 AND powered = $5
         RETURNING ${COLUMNS}`,
        [row.id, row.rateId, powered, rateId, row.powered],
        client,
      );
      return rows[0] ?? null;
    },
    async setSuspended(row: ServerRow, suspended: boolean) {
      const rows = await query(`UPDATE dashboard_servers SET suspended = $2 WHERE id = $1 RETURNING ${COLUMNS}`, [
        row.id,
        suspended,
      ]);
      return rows[0] ?? row;
    },
    listCharged: (userIds: readonly string[]) =>
      query(
        `SELECT ${COLUMNS} FROM dashboard_servers
         WHERE user_id = ANY($1) AND status = 'running' AND rate_id IS NOT NULL ORDER BY id`,
        [userIds],
      ),
    async listPayers(limit: number) {
      const { rows } = await pool.query<{ user_id: string; per_hour: string }>(
        `SELECT user_id, sum(per_hour) AS per_hour FROM dashboard_servers
         WHERE status = 'running' AND rate_id IS NOT NULL GROUP BY user_id ORDER BY 2 DESC LIMIT $1`,
        [limit],
      );
      return rows.map((row) => ({ userId: row.user_id, perHour: Number(row.per_hour) }));
    },
    async sumCharged() {
      const { rows } = await pool.query<{ per_hour: string; servers: string }>(
        `SELECT coalesce(sum(per_hour), 0) AS per_hour, count(*) AS servers FROM dashboard_servers
         WHERE status = 'running' AND rate_id IS NOT NULL`,
      );
      return { perHour: Number(rows[0]?.per_hour ?? 0), servers: Number(rows[0]?.servers ?? 0) };
    },
    takeRunning: (limit: number) =>
      query(
        `UPDATE dashboard_servers SET leased_until = $2 WHERE id IN (
           SELECT id FROM dashboard_servers
           WHERE leased_until <= $1 AND status = 'running' AND (rate_id IS NOT NULL OR powered = suspended)
           ORDER BY leased_until LIMIT $3 FOR UPDATE SKIP LOCKED
         ) RETURNING ${COLUMNS}`,
        [at(0), at(LEASE_MS), limit],
      ),
    async findByRates(userId: string, rates: readonly string[]) {
      const { rows } = await pool.query<{ id: string; rate: string }>(
        `SELECT id, unnest(rate_ids) AS rate FROM dashboard_servers WHERE user_id = $1 AND rate_ids && $2::text[]`,
        [userId, rates],
      );
      return new Map(rows.map(({ id, rate }) => [rate, Number(id)]));
    },
    async takeLease(row: ServerRow) {
      const rows = await query(
        `UPDATE dashboard_servers SET leased_until = $3 WHERE id = $1 AND leased_until <= $2 RETURNING ${COLUMNS}`,
        [row.id, at(0), at(LEASE_MS)],
      );
      return rows[0] ?? null;
    },
    async forgetNames(userId: string) {
      await query(
        `UPDATE dashboard_servers SET request = jsonb_set(request, '{name}', '"A server"') WHERE user_id = $1`,
        [userId],
      );
    },
    async extendLease(row: ServerRow) {
      await pool.query(`UPDATE dashboard_servers SET leased_until = $2 WHERE id = $1`, [row.id, at(LEASE_MS)]);
    },
    async endLease(row: ServerRow) {
      await pool.query(`UPDATE dashboard_servers SET leased_until = $2 WHERE id = $1`, [row.id, at(0)]);
    },
    takeUnfinished: (limit: number) =>
      query(
        `UPDATE dashboard_servers SET leased_until = $2 WHERE id IN (
           SELECT id FROM dashboard_servers
           WHERE leased_until <= $1
             AND (status IN ('provisioning', 'deleting') OR recheck_until IS NOT NULL)
           ORDER BY id LIMIT $3 FOR UPDATE SKIP LOCKED
         ) RETURNING ${COLUMNS}`,
        [at(0), at(LEASE_MS), limit],
      ),
    async endAllLeases() {
      await pool.query(`UPDATE dashboard_servers SET leased_until = $1 WHERE leased_until > $1`, [at(0)]);
    },
  });
}

/** How a rate of the ledger stands. */
interface KnownRate {
  id: string;
  state: 'active' | 'suspended' | 'stopped';
}

/** What a person sees of a row. @param rates - Of the owner: a server whose rate is suspended is suspended. */
export function toGameServer(row: ServerRow, rates: readonly KnownRate[] = []): GameServer {
  return {
    id: row.id,
    pterodactyl_id: row.panelId,
    name: row.request.name,
    type_id: row.request.server_type_id,
    software_id: row.request.server_software_id,
    location_id: row.request.location_id,
    plan_id: row.request.plan_id,
    status: toStatus(row, rates),
    failure: row.failure,
    total_cost: row.planCost + row.setupFee,
    per_hour: row.perHour,
    created_at: row.createdAt,
  };
}

function toStatus({ status, powered, rateId }: ServerRow, rates: readonly KnownRate[]): GameServer['status'] {
  if (status !== 'running') return status;
  if (!powered) return 'stopped';
  return rates.some(({ id, state }) => id === rateId && state === 'suspended') ? 'suspended' : 'running';
}

function toServerRow(raw: Raw): ServerRow {
  return {
    id: Number(raw.id),
    userId: raw.user_id,
    operationId: raw.operation_id,
    request: raw.request,
    externalId: raw.external_id,
    planCost: Number(raw.plan_cost),
    setupFee: Number(raw.setup_fee),
    perHour: raw.per_hour === null ? null : Number(raw.per_hour),
    status: raw.status,
    powered: raw.powered,
    rateId: raw.rate_id,
    rateIds: raw.rate_ids,
    suspended: raw.suspended,
    holdId: raw.hold_id,
    panelId: raw.panel_id === null ? null : Number(raw.panel_id),
    failure: raw.failure,
    removedBy: raw.removed_by,
    recheckUntil: raw.recheck_until === null ? null : new Date(raw.recheck_until).getTime(),
    createdAt: new Date(raw.created_at).toISOString(),
  };
}
