import type { Pool } from 'pg';

/**
 * What a Postgres server does in the background and an embedded one never does: checkpoints, without which each start
 * replays the whole log; statistics; vacuuming. Each is due by the growth of the log.
 */

const MB = 1024 * 1024;

const INTERVAL_MS = 2_000;

/** Bounds a start after a kill to well below a second. */
const CHECKPOINT_BYTES = 48 * MB;

/** Statistics are soon worth having, and then less and less often. */
const ANALYZE_BYTES_MIN = 1 * MB;
const ANALYZE_BYTES_MAX = 64 * MB;

const VACUUM_BYTES = 64 * MB;

export class Maintenance {
  readonly #pool: Pool;
  readonly #onWarning: (message: string, cause: unknown) => void;
  readonly #timer: NodeJS.Timeout;
  #running: Promise<void> | null = null;
  /** Positions in the log. */
  #lastSeen = 0;
  #checkpointed = 0;
  #analyzed = 0;
  #vacuumed = 0;
  #analyzeBytes = ANALYZE_BYTES_MIN;

  constructor(pool: Pool, onWarning: (message: string, cause: unknown) => void) {
    this.#pool = pool;
    this.#onWarning = onWarning;
    this.#timer = setInterval(() => {
      this.#running ??= this.#run().finally(() => {
        this.#running = null;
      });
    }, INTERVAL_MS);
    this.#timer.unref();
  }

  /** Leaves a checkpoint, so the next start has nothing to replay. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
    await this.#checkpoint().catch((error: unknown) => this.#onWarning('The last checkpoint failed.', error));
  }

  async #run(): Promise<void> {
    try {
      const position = await this.#position();
      const isIdle = position === this.#lastSeen;
      this.#lastSeen = position;
      if (position - this.#analyzed > this.#analyzeBytes) {
        await this.#pool.query('ANALYZE');
        this.#analyzed = position;
        this.#analyzeBytes = Math.min(this.#analyzeBytes * 4, ANALYZE_BYTES_MAX);
      }
      if (isIdle && position - this.#vacuumed > VACUUM_BYTES) {
        await this.#pool.query('VACUUM');
        this.#vacuumed = position;
      }
      const isDue = position - this.#checkpointed > CHECKPOINT_BYTES;
      if (isDue || (isIdle && position > this.#checkpointed)) await this.#checkpoint();
    } catch (error) {
      this.#onWarning('The maintenance of the embedded database failed. It is tried again.', error);
    }
  }

  async #checkpoint(): Promise<void> {
    await this.#pool.query('CHECKPOINT');
    this.#checkpointed = await this.#position(); // a checkpoint writes to the log too
    this.#lastSeen = this.#checkpointed;
  }

  async #position(): Promise<number> {
    const { rows } = await this.#pool.query<{ bytes: string }>(
      `SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint AS bytes`,
    );
    return Number(rows[0]?.bytes ?? 0);
  }
}
