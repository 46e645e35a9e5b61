import { createLedger } from 'realtime-credits-server';
import { openEmbedded } from 'realtime-credits-server/embedded';
import type { Effects } from './run.ts';

interface Row {
  kind: string;
  key: string;
  hold_key: string | null;
}

/** What moves credits from one account to another; the other kinds of rows reserve, release or note. */
const TRANSFERS = `('grant', 'spend', 'transfer', 'adjust', 'reverse', 'post')`;

/** Keys that the dashboard makes itself, as a consequence of an accepted request. */
const CONSEQUENCES = /^(?:practice|close):/;

/**
 * Reads the database of a dashboard that has stopped: the ledger must verify, and every transfer since the run began
 * must come from a request that was accepted.
 *
 * @throws {Error} with what cannot be explained
 */
export async function assertExplained(
  directory: string,
  since: Date,
  { keys, withoutKey, prefix }: Effects,
): Promise<{ transfers: number }> {
  const database = await openEmbedded({ directory });
  const ledger = await createLedger({ database });
  try {
    const report = await ledger.verify();
    if (!report.ok) throw new Error(`The ledger does not verify: ${JSON.stringify(report)}`);
    const { rows } = await database.pool.query<Row>(
      `SELECT j.kind, j.key, (SELECT h.key FROM credits.journal h WHERE h.hold = j.hold AND h.kind = 'hold') AS hold_key
       FROM credits.journal j WHERE j.created_at >= $1 AND j.kind IN ${TRANSFERS}`,
      [since.toISOString()],
    );
    let others = 0;
    for (const { kind, key, hold_key: holdKey } of rows) {
      const cause = holdKey ?? key;
      if (CONSEQUENCES.test(cause) || keys.has(cause)) continue;
      if (cause.startsWith(prefix)) throw new Error(`A ${kind} has the key of a request that was refused: ${cause}.`);
      others += 1;
    }
    if (others > withoutKey) throw new Error(`${others} transfers, but only ${withoutKey} requests, had no key.`);
    return { transfers: rows.length };
  } finally {
    await ledger.close();
    await database.close();
  }
}
