import type { Pool } from 'pg';
import { CreditsError, isCreditsError } from 'realtime-credits';
import { toUnavailable } from 'realtime-credits-server';

/**
 * Whether the database can be used. Checks are shared: however often somebody asks, it is asked once a second.
 */
export interface Health {
  /** @throws {CreditsError} `unavailable` — the database cannot be reached, or accepts no changes */
  assertReady(): Promise<void>;
  /** @throws {CreditsError} `unavailable` — nothing can be read: no page can be shown */
  assertReadable(): Promise<void>;
}

/** How long an answer holds. */
const FRESH_MS = 1_000;

/** Longer than this means no. Readiness is asked for again soon; a page can wait for a database that is busy. */
const READY_MS_MAX = 2_000;
const READABLE_MS_MAX = 10_000;

const READ = 'SELECT 1';

/** A change as the dashboard makes them: a database that reads well may have a full disk, or be a standby. */
const WRITE = `INSERT INTO dashboard_settings (key, value) VALUES ('readiness', now()::text)
  ON CONFLICT (key) DO UPDATE SET value = excluded.value`;

/** @param now - Milliseconds of a clock that never goes back. */
export function createHealth(pool: Pick<Pool, 'query'>, now: () => number): Health {
  const createCheck = (statement: string, msMax: number): (() => Promise<void>) => {
    let last: { atMs: number; result: Promise<void> } | null = null;
    return () => {
      if (last === null || now() - last.atMs >= FRESH_MS) last = { atMs: now(), result: probe(pool, statement, msMax) };
      return last.result;
    };
  };
  return Object.freeze({
    assertReady: createCheck(WRITE, READY_MS_MAX),
    assertReadable: createCheck(READ, READABLE_MS_MAX),
  });
}

async function probe(pool: Pick<Pool, 'query'>, statement: string, msMax: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new CreditsError('unavailable', `The database took more than ${msMax} ms to respond.`)),
      msMax,
    );
  });
  const query = pool.query(statement);
  query.catch(() => undefined); // it may fail long after the timeout
  try {
    await Promise.race([query, timeout]);
  } catch (cause) {
    const error = toUnavailable(cause);
    throw isCreditsError(error) ? error : new CreditsError('unavailable', 'The database does not work.', { cause });
  } finally {
    clearTimeout(timer);
  }
}
