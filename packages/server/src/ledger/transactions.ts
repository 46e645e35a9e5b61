import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import type { ClientBase } from 'pg';
import { CreditsError } from 'realtime-credits/contract';
import type { Receipt } from './commands.ts';
import { createCommands, type Transactions } from './ledger-on-storage.ts';
import type { Clock } from '../clock.ts';
import type { JoinedLedger } from './ledger.ts';
import type { CreditsObserver } from './observer.ts';
import { checkOut } from './postgres/checkout.ts';
import type { SqlClient, SqlPool } from './postgres/database.ts';
import { ARRAY_NULLS, executeBatch, type BatchBounds } from './postgres/execute-batch.ts';
import type { PostgresStorage } from './postgres/postgres-storage.ts';
import { codeOf, isConflict, isConnectionFailure, isDuplicate, toCreditsError } from './postgres/sql-error.ts';
import { createStatement, sendUnnamed, type Statement } from './postgres/statements.ts';
import type { CommandIntent } from './rules/command-table.ts';

/**
 * Commands inside a transaction of the host: the same batches as the writer's, one command each, inside a savepoint. A
 * refused command undoes only itself.
 *
 * The host's transaction keeps its own settings and plans. What a command locks stays locked until the host's transaction
 * ends.
 */

/** A forgotten transaction would block everybody. Unless the host sets a limit itself, the server ends it. */
const LIMIT_IDLING = `SELECT set_config('idle_in_transaction_session_timeout', '10s', true)
  WHERE current_setting('idle_in_transaction_session_timeout') IN ('0', '0ms')`;

/** One message: these cost no round trip of their own. */
const SAVEPOINT = `SAVEPOINT credits_command; ${ARRAY_NULLS}`;
const END = createStatement('RELEASE SAVEPOINT credits_command');
const UNDO = createStatement('ROLLBACK TO SAVEPOINT credits_command; RELEASE SAVEPOINT credits_command');

/** The sender of notifications about transactions that the host ends: no process knows of their commit otherwise. */
const JOINED_SENDER = 'joined';

/** Times that a command is decided again after another transaction stored its key. */
const ATTEMPTS_MAX = 4;

const ENDED = 'The transaction that this ledger belongs to has ended.';

export interface TransactionsOptions extends Pick<PostgresStorage, 'pool' | 'context' | 'joinedSlot'> {
  clock: Pick<Clock, 'wallMs'>;
  observer: CreditsObserver | undefined;
  /** The sender of this process, whose notifications it ignores. */
  sender: string;
  /** Called with the accounts that a transaction changed, after its commit. */
  announce: (accounts: readonly string[]) => void;
}

/** One transaction of the host. */
interface Scope {
  client: SqlClient;
  bounds: BatchBounds;
  isOpen: boolean;
  onChanged: (accounts: readonly string[]) => void;
}

export class HostTransactions implements Transactions {
  readonly #options: TransactionsOptions;
  readonly #begin: Statement;
  readonly #scopes = new AsyncLocalStorage<Scope>();
  /** The last command of each client: commands of one transaction run one after the other. */
  readonly #lastOf = new WeakMap<SqlClient, Promise<unknown>>();
  readonly #running = new Set<Promise<unknown>>();
  /** Without notifications there is one connection, and a transaction has ended when its client is released. */
  readonly #changedBy = new Map<unknown, Set<string>>();
  #unfollow: () => void = () => undefined;
  #isClosed = false;

  constructor(options: TransactionsOptions) {
    this.#options = options;
    const isEmbedded = options.context.channel === null;
    this.#begin = createStatement(isEmbedded ? SAVEPOINT : `${SAVEPOINT}; ${LIMIT_IDLING}`);
    if (isEmbedded) this.#unfollow = followReleases(options.pool, this.#onRelease);
  }

  assertOutside(): void {
    assert(
      this.#scopes.getStore()?.isOpen !== true,
      'This would wait for the transaction that it is called in. Use the ledger that the transaction gave you.',
    );
  }

  readonly transaction: Transactions['transaction'] = async (work) => {
    this.assertOutside();
    if (this.#isClosed) throw new CreditsError('unavailable', 'The ledger is closed.');
    const result = this.#transact(work);
    this.#running.add(result);
    try {
      return await result;
    } finally {
      this.#running.delete(result);
    }
  };

  readonly within: Transactions['within'] = (client) => {
    const joined = client as unknown as SqlClient;
    return this.#join({
      client: joined,
      bounds: this.#boundsFor(JOINED_SENDER),
      isOpen: true,
      onChanged: (accounts) => {
        if (this.#options.context.channel !== null) return; // the notification reaches this process too
        const changed = this.#changedBy.get(joined) ?? new Set();
        this.#changedBy.set(joined, changed);
        for (const account of accounts) changed.add(account);
      },
    });
  };

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled(this.#running);
    this.#unfollow();
  }

  readonly #onRelease = (client: unknown): void => {
    const changed = this.#changedBy.get(client);
    this.#changedBy.delete(client);
    if (changed !== undefined) this.#options.announce([...changed]);
  };

  #boundsFor(sender: string): BatchBounds {
    return { begin: this.#begin, end: END, undo: UNDO, slot: this.#options.joinedSlot, sender };
  }

  #join(scope: Scope): JoinedLedger {
    return Object.freeze(
      createCommands(
        (intent) => this.#inTurn(scope.client, () => run(scope, intent, this.#options)),
        this.#options.observer,
      ),
    );
  }

  #inTurn<Result>(client: SqlClient, work: () => Promise<Result>): Promise<Result> {
    const turn = (this.#lastOf.get(client) ?? Promise.resolve()).then(work);
    this.#lastOf.set(
      client,
      turn.catch(() => undefined),
    );
    return turn;
  }

  async #transact<Result>(
    work: (transaction: { client: ClientBase; ledger: JoinedLedger }) => Promise<Result>,
  ): Promise<Result> {
    const { pool, sender, announce } = this.#options;
    const { client, release } = await checkOut(pool).catch((error: unknown) => {
      throw toCreditsError(error);
    });
    const changed = new Set<string>();
    const scope: Scope = {
      client,
      bounds: this.#boundsFor(sender),
      isOpen: true,
      onChanged: (accounts) => accounts.forEach((account) => changed.add(account)),
    };
    let isEnded = false;
    try {
      await sendHostStatement(client, 'BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE');
      const ledger = this.#join(scope);
      const result = await this.#scopes.run(scope, () => work({ client: client as unknown as ClientBase, ledger }));
      await this.#lastOf.get(client); // a command that nobody awaited still belongs to the transaction
      const { command } = await sendHostStatement(client, 'COMMIT');
      isEnded = true;
      assert.equal(command, 'COMMIT', 'A statement had failed, so the transaction was rolled back.');
      announce([...changed]);
      return result;
    } finally {
      scope.isOpen = false;
      await release(isEnded);
    }
  }
}

type ReleaseFollower = (client: unknown) => void;

/** All ledgers of a pool share one listener: emitters warn of more than ten. */
const followersOf = new WeakMap<SqlPool, Set<ReleaseFollower>>();

/** Calls back with each client that returns to a pool of `pg`. Returns the function that stops it. */
function followReleases(pool: SqlPool, follower: ReleaseFollower): () => void {
  const followers = followersOf.get(pool) ?? listenToReleases(pool);
  followers.add(follower);
  return () => followers.delete(follower);
}

function listenToReleases(pool: SqlPool): Set<ReleaseFollower> {
  const followers = new Set<ReleaseFollower>();
  followersOf.set(pool, followers);
  if ('on' in pool) {
    const events = pool as { on(event: 'release', listener: (error: unknown, client: unknown) => void): void };
    events.on('release', (_error, client) => followers.forEach((follow) => follow(client)));
  }
  return followers;
}

/** Carries one command out in its scope. */
async function run(scope: Scope, intent: CommandIntent, { context, clock }: TransactionsOptions): Promise<Receipt> {
  for (let attempt = 1; ; attempt += 1) {
    assert(scope.isOpen, ENDED);
    try {
      const batch = { intents: [intent], nowMs: clock.wallMs() };
      const { outcomes, accounts } = await executeBatch(scope.client, context, scope.bounds, batch);
      scope.onChanged(accounts);
      const [outcome] = outcomes;
      assert(outcome !== undefined, 'The command was not decided.');
      if ('error' in outcome) throw outcome.error;
      assert(outcome.receipt !== null, 'The command has no receipt.');
      return outcome.receipt;
    } catch (error) {
      if (!isDuplicate(error) || attempt >= ATTEMPTS_MAX) throw toJoinedError(error);
    }
  }
}

/** Begins or ends a transaction. Errors of the connection are coded, those of the host's own constraints are its own. */
async function sendHostStatement(client: SqlClient, text: string): Promise<{ command: string }> {
  try {
    return await sendUnnamed(client, createStatement(text));
  } catch (error) {
    throw isConnectionFailure(error) ? toCreditsError(error) : error;
  }
}

function toJoinedError(error: unknown): unknown {
  const code = codeOf(error);
  if (code === '25P01') {
    const message = 'The client is not in a transaction: send BEGIN before the first command.';
    return new CreditsError('invalid_request', message, { details: { field: 'client' }, cause: error });
  }
  if (code === '25P02') {
    const message = 'The transaction failed before this command. Roll it back, then repeat it as a whole.';
    return new CreditsError('unavailable', message, { cause: error });
  }
  if (isConflict(error)) {
    const message = 'The transaction conflicted with another one. Roll it back, then repeat it as a whole.';
    return new CreditsError('unavailable', message, { cause: error });
  }
  return toCreditsError(error);
}
