import type { Pool } from 'pg';
import type { EmbeddedEngine } from './embedded-engine.ts';

/**
 * What a Postgres server does in the background and an embedded one never does by itself: checkpoints, or the log grows
 * by 25 MB a second under load and every start replays it; statistics, or plans made on empty tables stay; vacuuming.
 */

const MB = 1024 * 1024;

/** Milliseconds between looks. */
const LOOK_MS = 2_000;

/** Log after which a checkpoint is due under load: bounds a start after a kill to well below a second. */
const CHECKPOINT_BYTES = 48 * MB;

/** Log after which statistics are due: first soon, then further and further apart. */
const ANALYZE_BYTES_MIN = 1 * MB;
const ANALYZE_BYTES_MAX = 64 * MB;

/** Log after which dead rows are worth collecting, when idle. */
const VACUUM_BYTES = 64 * MB;

/** Starts looking. Returns the stop, which leaves a checkpoint behind. */
export function startMaintenance(
  pool: Pool,
  engine: EmbeddedEngine,
  onWarning: (message: string, cause: unknown) => void,
): () => Promise<void> {
  let seen = 0;
  let checkpointedAt = 0;
  let vacuumedAt = 0;
  let analyzedAt = 0;
  let analyzeBytes = ANALYZE_BYTES_MIN;

  async function position(): Promise<number> {
    const { rows } = await pool.query<{ bytes: string }>(
      `SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint AS bytes`,
    );
    return Number(rows[0]?.bytes ?? 0);
  }

  async function checkpoint(): Promise<void> {
    await pool.query('CHECKPOINT');
    checkpointedAt = await position(); // a checkpoint writes to the log too
    seen = checkpointedAt;
  }

  async function look(): Promise<void> {
    if (engine.isFull()) {
      await checkpoint(); // gives back the log before it
      if (!engine.recover()) return;
    }
    const now = await position();
    const idle = now === seen;
    seen = now;
    if (now - analyzedAt > analyzeBytes) {
      await pool.query('ANALYZE');
      analyzedAt = now;
      analyzeBytes = Math.min(analyzeBytes * 4, ANALYZE_BYTES_MAX);
    }
    if (idle && now - vacuumedAt > VACUUM_BYTES) {
      await pool.query('VACUUM');
      vacuumedAt = now;
    }
    if (now - checkpointedAt > CHECKPOINT_BYTES || (idle && now > checkpointedAt)) await checkpoint();
  }

  let looking: Promise<void> | null = null;
  const timer = setInterval(() => {
    looking ??= look()
      .catch((error: unknown) => onWarning('The upkeep of the embedded database failed: it is tried again.', error))
      .finally(() => {
        looking = null;
      });
  }, LOOK_MS);
  timer.unref();

  return async () => {
    clearInterval(timer);
    await looking;
    await checkpoint().catch((error: unknown) => onWarning('The last checkpoint failed.', error));
  };
}
