import { randomUUID } from 'node:crypto';
import { CreditsError, type Lot } from 'realtime-credits/contract';
import type { CommandBase } from '../ledger/commands.ts';
import type { SqlClient } from '../ledger/postgres/database.ts';
import { toCreditsError } from '../ledger/postgres/sql-error.ts';
import type { Placement } from './directory.ts';
import { run } from './list.ts';
import { MOVER, type Member } from './member.ts';
import { parseOwn, type Routing } from './route-commands.ts';
import { fence } from './transfers.ts';

/** Times that a move is decided again after the account changed in between. */
const ATTEMPTS_MAX = 20;

/** While the lock is waited for, all commands of the ledger wait as well. */
const LOCK_MS = 2_000;

/** One move at a time: each rewrites the constraint as a whole. */
const MOVE_LOCK = `SELECT pg_advisory_xact_lock(hashtextextended('realtime-credits:move-account', 0))`;

export interface MoveReport {
  account: string;
  /** Schemas. */
  from: string;
  to: string;
  /** Whether it is there because of this call. */
  moved: boolean;
  version: number;
}

/**
 * Moves an account to another ledger, in one transaction: what it has is taken from one ledger's issued credits and added
 * to the other's, lot by lot. Its entries stay where they were written, and its history continues with them.
 *
 * A constraint keeps the account from being changed where it was. A process that has not noticed the move is refused by the
 * database and looks again.
 */
export async function moveAccount(
  { members, directory }: Routing,
  { account: asked, schema, reason = 'Moved to another ledger' }: { account: string; schema: string; reason?: string },
): Promise<MoveReport> {
  const account = parseOwn(asked);
  const target = members.find((member) => member.schema === schema);
  if (target === undefined) {
    const message = `schema must be one of ${members.map((member) => member.schema).join(', ')}: got ${schema}.`;
    throw new CreditsError('invalid_request', message, { details: { field: 'schema' } });
  }
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    const placement = await directory.reread(account);
    if (!placement.isStored) throw new CreditsError('account_not_found', `Account ${account} has no place yet.`);
    const source = members[placement.position];
    if (source === undefined) continue;
    if (source === target) {
      const { version } = await target.ledger.balance(account);
      return { account, from: schema, to: schema, moved: false, version: version + placement.base };
    }
    const state = await readState(source, account);
    if (state === null) continue;
    const reached = await carryOver({ account, placement, source, target, state, reason }, directory, members[0]);
    if (reached !== null) return { account, from: source.schema, to: schema, moved: true, version: reached };
  }
  throw new CreditsError('unavailable', `Account ${account} changes too often to be moved now. Try again shortly.`);
}

interface State {
  version: number;
  available: number;
  lots: Lot[];
}

/** What an account has; null when it changed between the reads. @throws {CreditsError} `account_in_use` */
async function readState({ ledger }: Member, account: string): Promise<State | null> {
  const [{ holds, snapshot }, lots, rates, allowances] = await Promise.all([
    ledger.holds(account, { limit: 1 }),
    ledger.lots(account, { limit: 100 }),
    ledger.rates(account),
    ledger.allowances(account),
  ]);
  const { version, balance } = snapshot;
  if ([lots, rates, allowances].some((page) => page.snapshot.version !== version)) return null;
  const open = [
    ...(holds.length > 0 ? ['open holds'] : []),
    ...(rates.rates.length > 0 ? ['rates'] : []),
    ...(allowances.allowances.length > 0 ? ['allowances'] : []),
    ...(lots.hasMore ? ['more than 100 lots'] : []),
  ];
  if (open.length === 0) return { version, available: balance.available, lots: lots.lots };
  throw inUse(account, open);
}

function inUse(account: string, open: readonly string[]): CreditsError {
  const message = `Account ${account} has ${open.join(' and ')}, which cannot be moved. Let them end first.`;
  return new CreditsError('account_in_use', message);
}

/** The move itself. Null when the account changed in between. */
async function carryOver(
  move: { account: string; placement: Placement; source: Member; target: Member; state: State; reason: string },
  directory: Routing['directory'],
  first: Member | undefined,
): Promise<number | null> {
  const { account, placement, source, target, state, reason } = move;
  try {
    return (
      (await first?.ledger.transaction(async ({ client: joined }) => {
        const client = joined as unknown as SqlClient;
        await run(client, `SET LOCAL lock_timeout = ${LOCK_MS}`);
        await run(client, MOVE_LOCK);
        const leaving = await directory.listLeft(source.position, client);
        const arriving = await directory.listLeft(target.position, client);
        // In order of the list, and before any row: batches lock rows of these tables in any order.
        for (const { schema } of [source, target].toSorted((a, b) => a.position - b.position)) {
          await run(client, `LOCK TABLE "${schema}".accounts IN ACCESS EXCLUSIVE MODE`);
        }
        const current = await directory.reread(account, client, 'FOR UPDATE');
        if (current.position !== placement.position) throw CHANGED;
        const [pays] = await run(
          client,
          `SELECT h.id FROM "${source.schema}".holds h JOIN "${source.schema}".accounts d ON d.number = h.destination
            WHERE h.remaining > 0 AND d.id = $1 LIMIT 1`,
          [account],
        );
        if (pays !== undefined) throw inUse(account, ['an open hold to receive']);
        const by = (): CommandBase => ({
          actor: MOVER,
          reason,
          idempotencyKey: randomUUID(),
          metadata: { category: 'system', action: 'move' },
        });
        const from = source.ledger.within(joined);
        const to = target.ledger.within(joined);
        const { version: reached } = await from.adjust({
          ...by(),
          account,
          available: 0,
          expectedVersion: state.version,
        });
        await fence(client, source.schema, [...leaving, account]);
        const staying = arriving.filter((id) => id !== account);
        if (staying.length < arriving.length) await fence(client, target.schema, staying);
        const after = (
          await run(client, `SELECT version FROM "${target.schema}".accounts WHERE id = $1`, [account])
        )[0];
        let version = Number(after?.['version'] ?? 0);
        const segment = {
          position: target.position,
          after: version,
          until: null,
          base: reached + placement.base - version,
        };
        const { position, base } = placement;
        const earlier = [...placement.earlier, { position, after: placement.after, until: reached, base }];
        let plain = state.available;
        for (const { available: amount, priority, expiresAt } of state.lots) {
          if (amount === 0) continue;
          plain -= amount;
          const lot = { priority, ...(expiresAt === null ? {} : { expiresAt }) };
          ({ version } = await to.grant({ ...by(), account, amount, ...lot }));
        }
        if (plain > 0) ({ version } = await to.grant({ ...by(), account, amount: plain }));
        await directory.move(account, { ...segment, earlier, isStored: true }, client);
        return version + segment.base;
      })) ?? null
    );
  } catch (caught) {
    const error = toCreditsError(caught);
    if (error === CHANGED || (error as CreditsError).code === 'version_conflict') return null;
    throw error;
  }
}

const CHANGED = new Error('The account has moved.');
