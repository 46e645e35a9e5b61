import { randomUUID } from 'node:crypto';
import { CreditsError } from 'realtime-credits';
import type { Ledger } from 'realtime-credits-server';
import type { Burn, GameServer } from '../../lib/api.ts';
import { UNIT } from '../unit.ts';
import { DashboardError } from '../http/failure.ts';
import { ProvisioningError, type ServerOrder } from '../provisioning/provisioner.ts';
import { findInCatalogue } from './catalogue.ts';
import type { Charging } from './charging.ts';
import type { Orders } from './orders.ts';
import { toGameServer, type NewServer, type ServerRequest, type ServerRow, type ServerRows } from './server-rows.ts';
import type { Suspensions } from './suspensions.ts';

/** A person's servers: ordering, listing, stopping and removing them. */
export interface Servers {
  list(userId: string): Promise<ServerRow[]>;
  /** As a person sees them, with what they cost by the hour. */
  read(userId: string): Promise<{ servers: GameServer[]; burn: Burn }>;
  /** One of them, also one that is deleted. @throws {DashboardError} `server_not_found` */
  find(userId: string, id: number): Promise<{ row: ServerRow; server: GameServer; burn: Burn }>;
  /**
   * Stops a server, which then costs nothing, or starts it, which costs its first hour at once. Repeating it changes nothing.
   * @throws {DashboardError} `server_not_found`, `server_busy`
   * @throws {CreditsError} `insufficient_credits`
   */
  setPower(userId: string, id: number, on: boolean, operationId: string): Promise<void>;
  /**
   * Orders a server. The same operation id answers again with the same server.
   * @throws {CreditsError} `insufficient_credits`, `invalid_request`, `idempotency_key_reused`,
   *   `unavailable` — the panel has not answered yet; the credits stay reserved until it does
   * @throws {DashboardError} `provisioning_failed`, `server_limit_reached`
   */
  create(user: ServerOrder['owner'], operationId: string, request: ServerRequest): Promise<ServerRow>;
  /**
   * Removes a server. Nothing is paid back; what it costs by the hour ends at once.
   * @throws {DashboardError} `server_not_found`, `server_busy`
   * @throws {CreditsError} `unavailable` — the panel does not answer; it is removed once it does
   */
  remove(userId: string, id: number, operationId: string): Promise<void>;
  /** What all servers cost by the hour, and who runs out, the next one first. */
  readBurn(): Promise<{
    perHour: number;
    servers: number;
    next: { userId: string; perHour: number; available: number; exhaustsAt: string }[];
  }>;
  /** Forgets what a person called their servers. */
  forgetNames(userId: string): Promise<void>;
  /** Settles rows that nobody works on. Returns how many were taken on. */
  sweep(): Promise<number>;
  /** For a database that only this process can have open: a process that worked on a row before is dead. */
  sweepAtStart(): Promise<number>;
}

/** Per user, failed and deleted ones aside. */
export const SERVERS_MAX = 20;
const SWEEP_MAX = 50;
/** People whose runway an operator's page computes: those with the highest cost per hour. */
const PAYERS_MAX = 200;

export interface ServersOptions {
  ledger: Pick<Ledger, 'rates'>;
  rows: ServerRows;
  orders: Orders;
  charging: Charging;
  suspensions: Suspensions;
  onWarning: (message: string, cause: unknown) => void;
}

const NOTHING: Burn = { per_hour: 0, exhausts_at: null };

export function createServers(options: ServersOptions): Servers {
  const { ledger, rows, orders, charging, suspensions, onWarning } = options;

  /** Orders of this process under way. A repeated request waits for the first one's response. */
  const underWay = new Map<string, Promise<ServerRow>>();

  async function create(user: ServerOrder['owner'], operationId: string, request: ServerRequest): Promise<ServerRow> {
    const key = `${user.id} ${operationId}`;
    const first = underWay.get(key);
    const order = first ?? startOrder(user, operationId, request).finally(() => underWay.delete(key));
    if (first === undefined) underWay.set(key, order);
    const row = await order;
    if (!isSameRequest(row.request, request)) {
      throw new CreditsError('idempotency_key_reused', 'This key was used for another server.');
    }
    return toOutcome(row);
  }

  async function startOrder(
    user: ServerOrder['owner'],
    operationId: string,
    request: ServerRequest,
  ): Promise<ServerRow> {
    const known = await rows.findByOperation(user.id, operationId);
    if (known !== null) return known;
    const choice = findInCatalogue(request);
    if (choice === null) {
      throw new CreditsError('invalid_request', 'This type, software, location and plan are not offered together.');
    }
    const server: NewServer = {
      userId: user.id,
      operationId,
      request,
      externalId: `credits-${randomUUID()}`,
      planCost: choice.plan.plan_cost,
      setupFee: choice.plan.setup_fee,
      perHour: choice.plan.per_hour,
    };
    const row = await orders.place(server, SERVERS_MAX, user).catch(explainSilence);
    if (row !== null) return row;
    // Either another instance was first with the same id, or there are too many.
    const other = await rows.findByOperation(user.id, operationId);
    if (other !== null) return other;
    throw new DashboardError('server_limit_reached', `You can have ${SERVERS_MAX} servers. Delete one first.`);
  }

  async function remove(userId: string, id: number, operationId: string): Promise<void> {
    const row = await rows.find(userId, id);
    if (row === null) throw new DashboardError('server_not_found', 'There is no such server.');
    if (row.status === 'deleted') {
      if (row.removedBy === operationId) return;
      throw new DashboardError('server_not_found', 'There is no such server.');
    }
    if (row.status === 'provisioning') {
      throw new DashboardError('server_busy', 'The server is still being set up. Try again in a moment.');
    }
    if (row.status === 'failed') {
      // What may still turn up at the panel keeps being looked for.
      await rows.move(row, 'deleted', { removedBy: operationId, recheckUntil: row.recheckUntil });
      return;
    }
    const deleting = row.status === 'deleting' ? row : await charging.end(row, operationId);
    if (deleting === null) return remove(userId, id, operationId);
    await orders.settle(deleting).catch(explainSilence);
  }

  async function show(userId: string, list: readonly ServerRow[]): Promise<{ servers: GameServer[]; burn: Burn }> {
    if (list.every(({ rateId }) => rateId === null))
      return { servers: list.map((row) => toGameServer(row)), burn: NOTHING };
    const { rates, exhaustsAt } = await ledger.rates(userId);
    const active = rates.filter(({ state }) => state === 'active');
    return {
      servers: list.map((row) => toGameServer(row, rates)),
      burn: { per_hour: active.reduce((sum, { amount }) => sum + amount, 0), exhausts_at: exhaustsAt },
    };
  }

  async function findRow(userId: string, id: number): Promise<ServerRow> {
    const row = await rows.find(userId, id);
    if (row === null) throw new DashboardError('server_not_found', 'There is no such server.');
    return row;
  }

  async function setPower(userId: string, id: number, on: boolean, operationId: string): Promise<void> {
    const row = await findRow(userId, id);
    if (row.status === 'deleted') throw new DashboardError('server_not_found', 'There is no such server.');
    if (row.status !== 'running') {
      throw new DashboardError('server_busy', 'The server is not ready for this. Try again in a moment.');
    }
    if (row.powered === on) return;
    const changed = await charging.setPower(row, on, operationId);
    if (changed === null) return setPower(userId, id, on, operationId);
    await suspensions.settle(changed);
  }

  async function sweep(): Promise<number> {
    const unfinished = await rows.takeUnfinished(SWEEP_MAX);
    for (const row of unfinished) {
      try {
        await orders.settle(row);
      } catch (error) {
        // The lease ends by itself, and the next sweep asks again.
        onWarning(`Server ${row.id} is not settled yet.`, error);
      }
    }
    return unfinished.length + (await suspensions.sweep());
  }

  async function sweepAtStart(): Promise<number> {
    await rows.endAllLeases();
    return sweep();
  }

  return Object.freeze({
    list: (userId: string) => rows.list(userId),
    read: async (userId: string) => show(userId, await rows.list(userId)),
    async find(userId: string, id: number) {
      const row = await findRow(userId, id);
      const others = (await rows.list(userId)).filter((other) => other.id !== id);
      const {
        servers: [server = toGameServer(row)],
        burn,
      } = await show(userId, [row, ...others]);
      return { row, server, burn };
    },
    setPower,
    async readBurn() {
      const payers = await rows.listPayers(PAYERS_MAX);
      const read = payers.map(async ({ userId }) => ({ userId, page: await ledger.rates(userId) }));
      const next = (await Promise.all(read)).flatMap(({ userId, page: { rates, exhaustsAt, snapshot } }) => {
        const active = rates.filter(({ state }) => state === 'active');
        const perHour = active.reduce((sum, { amount }) => sum + amount, 0);
        return exhaustsAt === null ? [] : [{ userId, perHour, available: snapshot.balance.available, exhaustsAt }];
      });
      next.sort((a, b) => a.exhaustsAt.localeCompare(b.exhaustsAt));
      return { ...(await rows.sumCharged()), next };
    },
    create,
    remove,
    forgetNames: (userId: string) => rows.forgetNames(userId),
    sweep,
    sweepAtStart,
  });
}

/** A panel that does not answer is nobody's mistake: what is unfinished is finished once it does. */
function explainSilence(cause: unknown): never {
  if (!(cause instanceof ProvisioningError)) throw cause;
  throw new CreditsError('unavailable', 'The panel does not answer. This is finished as soon as it does.', {
    cause,
    details: { retryAfterMs: 15_000 },
  });
}

/** Turns a row into the answer of the request that ordered it: the server, or why there is none. */
function toOutcome(row: ServerRow): ServerRow {
  if (row.status === 'failed') {
    const reason = row.failure ?? 'Setup failed.';
    throw new DashboardError('provisioning_failed', `${reason} You were not charged.`);
  }
  if (row.status === 'provisioning') {
    throw new CreditsError(
      'unavailable',
      `The panel has not answered yet. Your ${UNIT.many} are reserved, not charged: the server appears, or they come back.`,
      { details: { retryAfterMs: 3_000 } },
    );
  }
  return row;
}

function isSameRequest(one: ServerRequest, other: ServerRequest): boolean {
  return (
    one.name === other.name &&
    one.server_type_id === other.server_type_id &&
    one.server_software_id === other.server_software_id &&
    one.location_id === other.location_id &&
    one.plan_id === other.plan_id
  );
}
