import {
  CreditsError,
  HISTORY_LIMIT_MAX,
  HOLD_LIST_STATES,
  HOLDS_LIMIT_MAX,
  OPERATIONS_MAX,
  parseIdempotencyKey,
  parseVersion,
  type Snapshot,
} from 'realtime-credits/contract';
import type { Receipt } from './command.ts';
import type { Database } from './database.ts';
import { createHints } from './hint.ts';
import type { Intent, KeyedIntent } from './intent.ts';
import type { HoldsQuestion, Ledger } from './ledger.ts';
import { migrate } from './migrate.ts';
import { LEDGER_MIGRATIONS } from './migrations.ts';
import {
  parseAccount,
  parseAdjust,
  parseBefore,
  parseExtend,
  parseGrant,
  parseHold,
  parseHoldId,
  parsePost,
  parseReverse,
  parseSpend,
  parseTransfer,
  parseTransferId,
  parseUserAccount,
  parseVoid,
} from './parse-command.ts';
import { parseHeadsQuestion, parseVerify } from './parse-verify.ts';
import {
  readBalanceAt,
  readCirculation,
  readEntries,
  readExpired,
  readAllHolds,
  readHold,
  readHolds,
  readNextEnd,
  readSnapshot,
  readTransfer,
  readVersionAt,
  readVersions,
} from './read.ts';
import { toCreditsError } from './sql-error.ts';
import { readHeads } from './verify-read.ts';
import { verifyLedger } from './verify.ts';
import { createTransactions } from './within.ts';
import { createWriter } from './writer.ts';

export interface LedgerOptions {
  database: Database;
  /** Milliseconds since 1970. @default Date.now */
  clock?: () => number;
  /** Milliseconds between looks for holds that expired unseen. @default 1_000 */
  expirySweepMs?: number;
  /** Calls back once after so many milliseconds; returns the cancellation. For tests. @default the machine's timers */
  setTimer?: (callback: () => void, delayMs: number) => () => void;
  /** Hears of what went wrong in the background. */
  onWarning?: (message: string, cause: unknown) => void;
}

/** Accounts whose holds one look settles; the next look takes the rest. */
const EXPIRED_ACCOUNTS_MAX = 100;

/** Milliseconds between looks for holds that another process made unheard, and may have died before it settled them. */
const OTHERS_LOOK_MS = 60_000;

/** Entries of a history page, and holds of a list, when the caller does not say. */
const HISTORY_LIMIT = 25;

/**
 * Opens the ledger in a database: brings its tables to the newest schema first, and finds or begins its epoch.
 *
 * Several ledgers, in one process or in many, may share a Postgres database. Close the ledger before its database.
 *
 * @example
 * const database = await openDatabase({ directory: '.data/credits' });
 * const ledger = await createLedger({ database });
 * await ledger.openAccount('42');
 * await ledger.grant({ account: '42', amount: 100, actor: 'system:welcome', reason: 'Welcome', idempotencyKey: 'welcome:42' });
 *
 * @throws {CreditsError} `unavailable` — the database cannot be reached, or was used by a newer program.
 */
export async function createLedger(options: LedgerOptions): Promise<Ledger> {
  const {
    database,
    clock = Date.now,
    expirySweepMs = 1_000,
    setTimer = setMachineTimer,
    onWarning = () => undefined,
  } = options;
  const { pool } = database;
  let isLookDue = true;
  await migrate(pool, { namespace: 'credits', migrations: LEDGER_MIGRATIONS });
  const epoch = await coded(async () => {
    const { rows } = await pool.query<{ epoch: string }>('SELECT epoch FROM credits_lives');
    if (rows[0] === undefined) throw new CreditsError('unavailable', 'The ledger has lost its epoch.');
    return rows[0].epoch;
  });
  const hints = createHints({ database, epoch, onWarning, onAnnounce: () => (isLookDue = true) });
  const writer = createWriter({ database, clock, notify: hints.notify, onCommit: hints.announce });
  const transactions = createTransactions({ database, clock, hints });

  /** What the ledger does by itself for a caller: settles expired holds, or makes unknown keys final. */
  async function submit(intent: Intent): Promise<Receipt | null> {
    transactions.assertOutside();
    return writer.submit(intent);
  }

  async function read<T>(work: () => Promise<T>): Promise<T> {
    transactions.assertOutside();
    return coded(work);
  }

  async function run(intent: KeyedIntent): Promise<Receipt> {
    const receipt = await submit(intent);
    if (receipt === null) throw new Error('A command was answered without a receipt.');
    return receipt;
  }

  /** Reads a snapshot; one that meets an expired hold settles it first, so that equal versions mean equal state. */
  async function snapshotOf(account: string, since: number | null, operations: readonly string[]): Promise<Snapshot> {
    const nowMs = clock();
    const first = await read(() => readSnapshot(pool, { epoch, account, since, operations, nowMs }));
    if (!first.expired) return first.snapshot;
    await submit({ kind: 'expire', account });
    return (await read(() => readSnapshot(pool, { epoch, account, since, operations, nowMs }))).snapshot;
  }

  /** Settles the holds of some accounts; says of how many. */
  async function settleExpired(): Promise<number> {
    const accounts = await readExpired(pool, clock(), EXPIRED_ACCOUNTS_MAX);
    await Promise.all(accounts.map((account) => writer.submit({ kind: 'expire', account })));
    return accounts.length;
  }

  // What is known of the next hold to expire, so that a ledger that nobody uses asks its database nothing.
  let nextEndMs: number | null = null;
  let lookedAtMs = clock();
  let lookedIn = hints.hearing;
  let sweeping: Promise<void> | null = null;
  async function sweep(): Promise<void> {
    isLookDue = false;
    lookedAtMs = clock();
    lookedIn = hints.hearing;
    try {
      await settleExpired();
      nextEndMs = await readNextEnd(pool);
    } catch (error) {
      isLookDue = true;
      onWarning('Expired holds could not be settled: the next look tries again.', error);
    } finally {
      sweeping = null;
    }
  }
  let stopTimer = setTimer(look, expirySweepMs);
  function look(): void {
    const nowMs = clock();
    const isEndDue = nextEndMs !== null && nextEndMs <= nowMs;
    const mayHaveMissed = hints.hearing === null || hints.hearing !== lookedIn;
    const isOthersDue = mayHaveMissed && nowMs - lookedAtMs >= OTHERS_LOOK_MS;
    if (isLookDue || isEndDue || isOthersDue) sweeping ??= sweep();
    stopTimer = setTimer(look, expirySweepMs);
  }

  return Object.freeze({
    epoch,
    get hearing() {
      return hints.hearing;
    },
    async openAccount(account) {
      const id = parseUserAccount(account);
      await read(() =>
        pool.query('INSERT INTO credits_accounts (id, floor, created_at) VALUES ($1, 0, $2) ON CONFLICT DO NOTHING', [
          id,
          new Date(clock()).toISOString(),
        ]),
      );
      return snapshotOf(id, null, []);
    },
    grant: async (command) => run(parseGrant(command)),
    spend: async (command) => run(parseSpend(command)),
    transfer: async (command) => run(parseTransfer(command)),
    adjust: async (command) => run(parseAdjust(command)),
    reverse: async (command) => run(parseReverse(command)),
    hold: async (command) => run(parseHold(command)),
    post: async (command) => run(parsePost(command)),
    void: async (command) => run(parseVoid(command)),
    extend: async (command) => run(parseExtend(command)),
    transaction: transactions.transaction,
    within: transactions.within,

    async snapshot(account, { since, operations = [] } = {}) {
      const from = since === undefined ? null : parseVersion(since, 'since');
      return snapshotOf(parseAccount(account), from, parseOperations(operations));
    },
    async settle(account, operations) {
      const id = parseUserAccount(account);
      const keys = parseOperations(operations);
      await submit({ kind: 'abandon', account: id, operations: keys });
      return snapshotOf(id, null, keys);
    },
    async versions(accounts) {
      const ids = accounts.map((account) => parseAccount(account, 'accounts'));
      return read(() => readVersions(pool, ids));
    },
    async balance(account) {
      const { balance, version } = await snapshotOf(parseAccount(account), null, []);
      return { balance, version };
    },
    async history(account, { before, limit = HISTORY_LIMIT } = {}) {
      const id = parseAccount(account);
      const below = before === undefined ? null : parseVersion(before, 'before');
      const count = parseLimit(limit, HISTORY_LIMIT_MAX);
      const snapshot = await snapshotOf(id, null, []);
      const newest = snapshot.version + 1;
      const entries = await read(() => readEntries(pool, id, Math.min(below ?? newest, newest), count));
      const last = entries.at(-1)?.version ?? 1;
      return { entries, next: last > 1 ? last : null, snapshot };
    },
    async balanceAt(account, at) {
      const id = parseAccount(account);
      const current = await snapshotOf(id, null, []);
      const version =
        'version' in at
          ? parseVersion(at.version)
          : await read(() => readVersionAt(pool, id, parseInstant(at.instant)));
      const balance = await read(() => readBalanceAt(pool, id, version));
      if (balance !== null) return { balance, version };
      throw new CreditsError(
        'invalid_request',
        `Account ${id} has no version ${version}: it is at ${current.version}.`,
        {
          details: { field: 'version' },
        },
      );
    },
    async findTransfer(id) {
      return read(() => readTransfer(pool, parseTransferId(id)));
    },
    async findHold(id) {
      const hold = await read(() => readHold(pool, parseHoldId(id)));
      if (hold.remaining === 0 || Date.parse(hold.expiresAt) > clock()) return hold;
      await submit({ kind: 'expire', account: hold.account });
      return read(() => readHold(pool, hold.id));
    },
    async holds(account, asked) {
      const question = { account: parseAccount(account), ...parseHoldsQuestion(asked) };
      const first = await read(() => readHolds(pool, { ...question, epoch, nowMs: clock() }));
      if (!first.expired) return first.page;
      await submit({ kind: 'expire', account: question.account });
      return (await read(() => readHolds(pool, { ...question, epoch, nowMs: clock() }))).page;
    },
    async allHolds(asked) {
      const question = parseHoldsQuestion(asked);
      for (let found = EXPIRED_ACCOUNTS_MAX; found === EXPIRED_ACCOUNTS_MAX;) found = await read(settleExpired);
      return read(() => readAllHolds(pool, question));
    },
    async verify(asked = {}) {
      const task = parseVerify(asked);
      return read(() => verifyLedger({ ...task, pool, checkedAt: new Date(clock()).toISOString(), onWarning }));
    },
    async heads(asked = {}) {
      const { after, limit } = parseHeadsQuestion(asked);
      const heads = await read(() => readHeads(pool, after, limit));
      return { heads, next: heads.length < limit ? null : (heads.at(-1)?.account ?? null) };
    },
    circulation: () => read(() => readCirculation(pool)),
    onChange: hints.subscribe,
    async close() {
      stopTimer();
      await sweeping;
      await transactions.close();
      await writer.close();
      await hints.close();
    },
  } satisfies Ledger);
}

/** Keeps no process alive. */
function setMachineTimer(callback: () => void, delayMs: number): () => void {
  const timer = setTimeout(callback, delayMs);
  timer.unref();
  return () => clearTimeout(timer);
}

function parseOperations(operations: readonly string[]): string[] {
  if (!Array.isArray(operations) || operations.length > OPERATIONS_MAX) {
    throw new CreditsError('invalid_request', `operations must be a list of at most ${OPERATIONS_MAX} ids.`, {
      details: { field: 'operations' },
    });
  }
  return [...new Set(operations.map((id) => parseIdempotencyKey(id, 'operations')))];
}

function parseLimit(value: unknown, max: number): number {
  const limit = parseVersion(value, 'limit');
  if (limit >= 1 && limit <= max) return limit;
  const details = { field: 'limit' };
  throw new CreditsError('invalid_request', `limit must be 1 to ${max}: got ${limit}.`, { details });
}

function parseHoldsQuestion({ state = 'open', before, limit = HISTORY_LIMIT }: HoldsQuestion = {}) {
  if (!HOLD_LIST_STATES.includes(state)) {
    throw new CreditsError('invalid_request', `state must be one of ${HOLD_LIST_STATES.join(', ')}.`, {
      details: { field: 'state' },
    });
  }
  const id = before === undefined ? null : parseBefore(before);
  return { state, before: id, limit: parseLimit(limit, HOLDS_LIMIT_MAX) };
}

function parseInstant(value: unknown): string {
  // Only the common shape: the others that Date.parse takes mean different things in different places.
  const shaped = typeof value === 'string' && /^\d{4}-\d\d-\d\d(T|$)/.test(value);
  const instant = shaped ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(instant)) {
    throw new CreditsError('invalid_request', 'instant must be an ISO instant.', { details: { field: 'instant' } });
  }
  return new Date(instant).toISOString();
}

async function coded<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw toCreditsError(error);
  }
}
