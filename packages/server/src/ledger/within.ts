import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import type { ClientBase, PoolClient } from 'pg';
import { CreditsError } from 'realtime-credits/contract';
import { PLAN_ONCE, PLANNER, readBatch } from './batch-read.ts';
import { writeBatch } from './batch-write.ts';
import type { Receipt } from './command.ts';
import type { Database } from './database.ts';
import { decide, type Outcome } from './decide.ts';
import { giveBack } from './give-back.ts';
import { JOINED, toPayloads, type Hints } from './hint.ts';
import { createId } from './id.ts';
import type { KeyedIntent } from './intent.ts';
import type { JoinedLedger } from './ledger.ts';
import {
  parseAdjust,
  parseExtend,
  parseGrant,
  parseHold,
  parsePost,
  parseReverse,
  parseSpend,
  parseTransfer,
  parseUserAccount,
  parseVoid,
} from './parse-command.ts';
import { codeOf, isConflict, isConnectionFailure, isDuplicate, toCreditsError } from './sql-error.ts';

/**
 * Commands inside a transaction of the host: the same reading, deciding and writing as in the writer's batches, between a
 * savepoint and its release instead of BEGIN and COMMIT.
 *
 * What it keeps: a command that is refused leaves the host's transaction usable and undoes itself only; nobody hears of
 * a change before it is committed; nobody waits for the ledger inside a transaction that the ledger waits for.
 *
 * Several commands of one transaction lock in the order of their calls (not in one order, as L-7 has it for a batch), so
 * that a deadlock is possible: the database ends one side. The writer repeats its batch; the host hears `unavailable`.
 */
export interface Transactions {
  transaction<T>(work: (transaction: { client: ClientBase; ledger: JoinedLedger }) => Promise<T>): Promise<T>;
  within(client: ClientBase): JoinedLedger;
  /** Refuses what would wait for the transaction that it is called in. */
  assertOutside(): void;
  /** Refuses new transactions, and waits for those under way. */
  close(): Promise<void>;
}

export interface TransactionsOptions {
  database: Database;
  clock: () => number;
  hints: Hints;
}

/** What commands of one transaction have in common. */
interface Scope {
  client: ClientBase;
  /** False once the transaction has ended. */
  isOpen: boolean;
  /** Who is named on the hint channel: listeners of this process skip what this process names. */
  sender: string;
  onChanged: (accounts: readonly string[]) => void;
}

const ENDED = 'The transaction that this ledger belongs to has ended.';

/** Times that a command is decided again when another transaction has just taken its key. */
const ATTEMPTS_MAX = 4;

const BEGIN = `SAVEPOINT credits_command; ${PLAN_ONCE}`;

const UNDO = 'ROLLBACK TO SAVEPOINT credits_command; RELEASE SAVEPOINT credits_command';

const PLANNER_NAMES = Object.keys(PLANNER);

const SETTINGS = `SELECT ${PLANNER_NAMES.map((name) => `current_setting('${name}') AS ${name}`).join(', ')}`;

/** A host that forgets its transaction would keep everybody waiting: unless it set a limit itself, it may idle this long. */
const LIMIT_IDLING = `SELECT set_config('idle_in_transaction_session_timeout', '10s', true)
  WHERE current_setting('idle_in_transaction_session_timeout') = '0'`;

export function createTransactions({ database, clock, hints }: TransactionsOptions): Transactions {
  const { pool } = database;
  const scopes = new AsyncLocalStorage<Scope>();
  const lastOf = new WeakMap<ClientBase, Promise<unknown>>();
  const underWay = new Set<Promise<unknown>>();
  const joined = new Map<ClientBase, Set<string>>();
  let isClosed = false;

  // Without a channel for hints there is one connection, and a transaction is over when it is given back.
  const onRelease = (_error: unknown, client: PoolClient): void => {
    const accounts = joined.get(client);
    joined.delete(client);
    if (accounts !== undefined) hints.announce([...accounts]);
  };
  if (hints.notify === null) pool.on('release', onRelease);

  /** Commands share the client, so that each waits for the one before, whatever became of it. */
  function inTurn<T>(client: ClientBase, work: () => Promise<T>): Promise<T> {
    const turn = (lastOf.get(client) ?? Promise.resolve()).then(work);
    lastOf.set(
      client,
      turn.catch(() => undefined),
    );
    return turn;
  }

  async function attempt({ client, sender, onChanged }: Scope, intent: KeyedIntent): Promise<Outcome> {
    const { rows } = await client.query<Record<string, string>>(SETTINGS);
    if (hints.notify !== null) await client.query(LIMIT_IDLING);
    const nowMs = clock();
    const state = await readBatch(client, [intent], nowMs, BEGIN);
    const { outcomes, changes } = decide([intent], state, { nowMs, createId: () => createId(nowMs) });
    const accounts = [...changes.accounts];
    if (accounts.length > 0 || changes.operations.length > 0) {
      const now = new Date(nowMs).toISOString();
      const notify =
        hints.notify === null ? null : { channel: hints.notify.channel, payloads: toPayloads(sender, accounts) };
      await writeBatch(client, { changes, state, now, notify, end: 'RELEASE SAVEPOINT credits_command' });
      // How the host's own statements are planned is the host's to say.
      await client.query(PLANNER_NAMES.map((name) => `SET LOCAL ${name} = ${rows[0]?.[name] ?? 'DEFAULT'}`).join('; '));
      onChanged(accounts);
    } else {
      await client.query(UNDO);
    }
    const outcome = outcomes[0];
    assert(outcome !== undefined, 'The command was not decided.');
    return outcome;
  }

  async function decideOnce(scope: Scope, intent: KeyedIntent): Promise<Outcome> {
    for (let count = 1; ; count += 1) {
      try {
        return await attempt(scope, intent);
      } catch (error) {
        // Nothing is left of the attempt. Where it had no savepoint yet, the transaction is lost anyway.
        await scope.client.query(UNDO).catch(() => undefined);
        if (isDuplicate(error) && count < ATTEMPTS_MAX) continue;
        throw toJoinedError(error);
      }
    }
  }

  async function run(scope: Scope, intent: KeyedIntent): Promise<Receipt> {
    assert(scope.isOpen, ENDED);
    const outcome = await decideOnce(scope, intent);
    if ('error' in outcome) throw outcome.error;
    assert(outcome.receipt !== null, 'The command was answered without a receipt.');
    return outcome.receipt;
  }

  async function insertAccount(scope: Scope, id: string): Promise<void> {
    assert(scope.isOpen, ENDED);
    const text = 'INSERT INTO credits_accounts (id, floor, created_at) VALUES ($1, 0, $2) ON CONFLICT DO NOTHING';
    try {
      await scope.client.query(text, [id, new Date(clock()).toISOString()]);
    } catch (error) {
      throw toJoinedError(error);
    }
  }

  function join(scope: Scope): JoinedLedger {
    const submit = (intent: KeyedIntent): Promise<Receipt> => inTurn(scope.client, () => run(scope, intent));
    return Object.freeze({
      async openAccount(account) {
        const id = parseUserAccount(account);
        await inTurn(scope.client, () => insertAccount(scope, id));
      },
      grant: async (command) => submit(parseGrant(command)),
      spend: async (command) => submit(parseSpend(command)),
      transfer: async (command) => submit(parseTransfer(command)),
      adjust: async (command) => submit(parseAdjust(command)),
      reverse: async (command) => submit(parseReverse(command)),
      hold: async (command) => submit(parseHold(command)),
      post: async (command) => submit(parsePost(command)),
      void: async (command) => submit(parseVoid(command)),
      extend: async (command) => submit(parseExtend(command)),
    } satisfies JoinedLedger);
  }

  async function transact<T>(work: (transaction: { client: ClientBase; ledger: JoinedLedger }) => Promise<T>) {
    const client = await pool.connect().catch((error: unknown) => {
      throw toCreditsError(error);
    });
    const changed = new Set<string>();
    const scope: Scope = {
      client,
      isOpen: true,
      sender: hints.notify?.sender ?? JOINED,
      onChanged: (accounts) => accounts.forEach((account) => changed.add(account)),
    };
    let isEnded = false;
    try {
      await runHostStatement(client, 'BEGIN ISOLATION LEVEL READ COMMITTED');
      const result = await scopes.run(scope, () => work({ client, ledger: join(scope) }));
      await lastOf.get(client); // a command that was not waited for still belongs to it
      const { command: answer } = await runHostStatement(client, 'COMMIT');
      isEnded = true;
      assert.equal(answer, 'COMMIT', 'One of its statements had failed, so that the transaction was rolled back.');
      hints.announce([...changed]);
      return result;
    } finally {
      scope.isOpen = false;
      await giveBack(client, isEnded);
    }
  }

  function assertOutside(): void {
    assert(
      scopes.getStore()?.isOpen !== true,
      'This would wait for the transaction that it is called in: use the ledger that the transaction gave you.',
    );
  }

  return Object.freeze({
    assertOutside,
    async transaction<T>(work: (transaction: { client: ClientBase; ledger: JoinedLedger }) => Promise<T>): Promise<T> {
      assertOutside();
      if (isClosed) throw new CreditsError('unavailable', 'The ledger is closed.');
      const result = transact(work);
      underWay.add(result);
      try {
        return await result;
      } finally {
        underWay.delete(result);
      }
    },
    within(client: ClientBase): JoinedLedger {
      const onChanged = (accounts: readonly string[]): void => {
        if (hints.notify !== null) return; // our own listener hears of it, like every other one
        const known = joined.get(client) ?? new Set();
        joined.set(client, known);
        for (const account of accounts) known.add(account);
      };
      return join({ client, isOpen: true, sender: JOINED, onChanged });
    },
    async close(): Promise<void> {
      isClosed = true;
      await Promise.allSettled(underWay);
      pool.off('release', onRelease);
    },
  });
}

/** Begins or ends a transaction: what is lost with the connection is coded, what the host's own constraints say is not. */
async function runHostStatement(client: PoolClient, text: string): Promise<{ command: string }> {
  try {
    return await client.query(text);
  } catch (error) {
    throw isConnectionFailure(error) ? toCreditsError(error) : error;
  }
}

function toJoinedError(error: unknown): unknown {
  const code = codeOf(error);
  if (code === '25P01') {
    return new CreditsError('invalid_request', 'The client is not in a transaction: BEGIN before its first command.', {
      details: { field: 'client' },
      cause: error,
    });
  }
  if (code === '25P02') {
    const message = 'The transaction failed before this command: roll it back, then repeat it whole.';
    return new CreditsError('unavailable', message, { cause: error });
  }
  if (isConflict(error)) {
    const message = 'The transaction met another one: roll it back, then repeat it whole.';
    return new CreditsError('unavailable', message, { cause: error });
  }
  return toCreditsError(error);
}
