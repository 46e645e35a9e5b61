import { hash } from 'node:crypto';
import { CreditsError } from 'realtime-credits/contract';
import type { Row } from '../ledger/postgres/codecs.ts';
import { toArrayLiteral } from '../ledger/postgres/array-literal.ts';
import type { SqlClient, SqlPool } from '../ledger/postgres/database.ts';
import { toCreditsError } from '../ledger/postgres/sql-error.ts';
import { run } from './list.ts';

/** Versions of an account on one ledger: those after `after`, up to `until`. The account's own version is `base` more. */
export interface Segment {
  readonly position: number;
  readonly after: number;
  /** Null: where the account is now. */
  readonly until: number | null;
  readonly base: number;
}

/** Where an account is, and where it was. */
export interface Placement extends Segment {
  /** Oldest first. */
  readonly earlier: readonly Segment[];
  /** False while nothing was ever written for the account: then it is where its first command will place it. */
  readonly isStored: boolean;
}

/** All segments of an account, the newest first. */
export function segmentsOf(placement: Placement): Segment[] {
  return [placement, ...placement.earlier.toReversed()];
}

/** Placements that a process keeps in memory. */
const CACHE_MAX = 100_000;

/**
 * Which ledger an account is on. Rendezvous hashing over the list chooses it at the first command, and a row keeps the
 * choice: later lists move nothing.
 *
 * Rows are kept in memory, also after another process moved the account. That is safe: a ledger that an account has left
 * refuses changes of it (see `move-account.ts`), and has nothing of it. So a refusal and an empty balance are looked up again.
 */
export class Directory {
  readonly #pool: SqlPool;
  readonly #schemas: readonly string[];
  readonly #name: string;
  readonly #table: string;
  readonly #cache = new Map<string, Placement>();

  constructor(pool: SqlPool, { name, schemas }: { name: string; schemas: readonly string[] }) {
    this.#pool = pool;
    this.#schemas = schemas;
    this.#name = name;
    this.#table = `"${name}".placements`;
  }

  /** Where an account is, or would be. */
  async find(account: string, client: SqlClient | null = null): Promise<Placement> {
    return this.#cache.get(account) ?? this.reread(account, client);
  }

  /** The same, past the memory. */
  async reread(account: string, client: SqlClient | null = null, lock: 'FOR UPDATE' | '' = ''): Promise<Placement> {
    const text = `SELECT * FROM ${this.#table} WHERE account = $1 ${lock}`;
    const [row] = await this.#read(client, text, [account]);
    if (row === undefined) {
      this.#cache.delete(account);
      return { position: this.#choose(account), after: 0, until: null, base: 0, earlier: [], isStored: false };
    }
    return this.#keep(account, row, client);
  }

  /** Where an account is, from now on for good. */
  async place(account: string, client: SqlClient | null = null): Promise<Placement> {
    const found = await this.find(account, client);
    if (found.isStored) return found;
    const values = [account, String(found.position)];
    const text = `INSERT INTO ${this.#table} (account, position) VALUES ($1, $2) ON CONFLICT DO NOTHING`;
    await this.#read(client, text, values);
    return this.reread(account, client);
  }

  /** Where those of the accounts are that are stored. */
  async findMany(accounts: readonly string[]): Promise<Map<string, Placement>> {
    const unknown = accounts.filter((account) => !this.#cache.has(account));
    const found = new Map<string, Placement>();
    if (unknown.length > 0) {
      const text = `SELECT * FROM ${this.#table} WHERE account = ANY($1::text[])`;
      const rows = await this.#read(null, text, [toArrayLiteral('text', unknown)]);
      for (const row of rows) found.set(row['account'] ?? '', this.#keep(row['account'] ?? '', row, null));
    }
    for (const account of accounts) {
      const kept = this.#cache.get(account);
      if (kept !== undefined) found.set(account, kept);
    }
    return found;
  }

  /** The accounts that were on a ledger and are not any more. */
  async listLeft(position: number, client: SqlClient): Promise<string[]> {
    const text = `SELECT account FROM ${this.#table} WHERE earlier::text <> '[]' AND position <> $1
      AND EXISTS (SELECT 1 FROM json_array_elements(earlier) e WHERE e->>'position' = $2) ORDER BY account`;
    const rows = await this.#read(client, text, [String(position), String(position)]);
    return rows.map((row) => row['account'] ?? '');
  }

  /** Writes where an account is now, in the transaction that moves it. */
  async move(account: string, { position, after, base, earlier }: Placement, client: SqlClient): Promise<void> {
    const text = `UPDATE ${this.#table} SET position = $2, after = $3, base = $4, earlier = $5 WHERE account = $1`;
    const values = [account, String(position), String(after), String(base), JSON.stringify(earlier)];
    await this.#read(client, text, values);
    this.#cache.delete(account);
  }

  /** The ledger that scores highest for the account: a ledger that is added wins only what it scores highest for. */
  #choose(account: string): number {
    const scores = this.#schemas.map((schema) => hash('sha256', `${schema}\u001f${account}`, 'hex'));
    return scores.indexOf(scores.toSorted().at(-1) ?? '');
  }

  #keep(account: string, row: Row, client: SqlClient | null): Placement {
    const placement: Placement = {
      position: Number(row['position']),
      after: Number(row['after']),
      until: null,
      base: Number(row['base']),
      earlier: JSON.parse(row['earlier'] ?? '[]') as Segment[],
      isStored: true,
    };
    if (placement.position >= this.#schemas.length) {
      throw new CreditsError(
        'unavailable',
        `Account ${account} is on a ledger that was added to the list in "${this.#name}" after this process started: start it again.`,
      );
    }
    // What a transaction of the host wrote may be rolled back.
    if (client !== null) {
      this.#cache.delete(account);
    } else {
      if (this.#cache.size >= CACHE_MAX) this.#cache.delete(this.#cache.keys().next().value ?? '');
      this.#cache.set(account, placement);
    }
    return placement;
  }

  async #read(client: SqlClient | null, text: string, values: readonly string[]): Promise<Row[]> {
    try {
      return await run(client ?? this.#pool, text, values);
    } catch (error) {
      throw toCreditsError(error);
    }
  }
}
