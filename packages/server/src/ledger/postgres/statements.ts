import { createHash } from 'node:crypto';
import { CreditsError } from 'realtime-credits/contract';
import type { SqlClient, SqlResult } from './database.ts';
import { codeOf } from './sql-error.ts';

/**
 * The only module that sends a statement. What a statement returns depends on no default of the server, the database, the
 * role or the host's process:
 *
 * - Every value arrives as text; the codecs parse it. A host that replaces a type parser of `pg` changes nothing here.
 * - Statements convert what the session could format differently: instants to microseconds, `bytea` to hex digits.
 * - Names are qualified by schema, and instants are sent as ISO texts with their zone.
 */

/** A statement that is prepared once per connection under its name. */
export interface Statement {
  /** Derived from the text: two texts never share a name, also when versions of this program share a server. */
  readonly name: string;
  readonly text: string;
}

/** A parameter: text as Postgres reads it. */
export type Value = string | null;

export function createStatement(text: string): Statement {
  return { name: `credits_${createHash('sha256').update(text).digest('base64url').slice(0, 16)}`, text };
}

const TEXT_TYPES = { getTypeParser: () => readText };

function readText(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new CreditsError('invalid_request', 'The database pool must not be configured with binary: true.');
}

/** Sends a statement that is not worth preparing, such as BEGIN. */
export function sendUnnamed(client: SqlClient, { text }: Statement, values: readonly Value[] = []): Promise<SqlResult> {
  return client.query({ text, values: [...values], types: TEXT_TYPES });
}

/** Sends prepared statements, until a pooler in transaction mode turns up that loses them. */
export class Statements {
  #isNamed = true;
  readonly #onWarning: (message: string, cause: unknown) => void;

  constructor(onWarning: (message: string, cause: unknown) => void) {
    this.#onWarning = onWarning;
  }

  send(client: SqlClient, statement: Statement, values: readonly Value[] = []): Promise<SqlResult> {
    if (!this.#isNamed) return sendUnnamed(client, statement, values);
    return client.query({ ...statement, values: [...values], types: TEXT_TYPES });
  }

  /** Sends a statement outside of a transaction, again without its name if the name was lost. */
  async sendAlone(client: SqlClient, statement: Statement, values: readonly Value[] = []): Promise<SqlResult> {
    try {
      return await this.send(client, statement, values);
    } catch (error) {
      if (!this.recover(error)) throw error;
      return this.send(client, statement, values);
    }
  }

  /**
   * Stops naming statements if an error says that names do not last on this connection.
   * @returns whether the same work, begun again, can succeed for that reason
   */
  recover(error: unknown): boolean {
    const code = codeOf(error);
    if (code !== '26000' && code !== '42P05') return false;
    if (this.#isNamed) {
      this.#isNamed = false;
      this.#onWarning(
        'Prepared statements do not last on these connections, as behind a pooler in transaction mode: they are not used any more.',
        error,
      );
    }
    return true;
  }
}

/** Results of the statements of a round trip, in order; null where there was no statement. */
export type Results<T extends readonly unknown[]> = {
  -readonly [K in keyof T]: T[K] extends (() => Promise<infer Result>) | null ? Result | Extract<T[K], null> : never;
};

/**
 * Sends statements in order: all at once where the client pipelines, which costs one round trip; otherwise one
 * after the other.
 *
 * Waits for everything that was sent, also when one fails: otherwise the client could return to its pool with statements
 * under way. Throws the first failure.
 */
export async function roundTrip<const T extends readonly ((() => Promise<unknown>) | null)[]>(
  client: SqlClient,
  statements: T,
): Promise<Results<T>> {
  const results: unknown[] = [];
  if (client.pipeline === true) {
    const sent = statements.map((send) => send?.() ?? Promise.resolve(null));
    await Promise.allSettled(sent);
    results.push(...(await Promise.all(sent)));
  } else {
    for (const send of statements) results.push((await send?.()) ?? null);
  }
  return results as Results<T>;
}
