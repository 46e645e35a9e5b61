import { CreditsError } from 'realtime-credits/contract';

/**
 * Which server this is, and the timeline that it writes: `7300000000000000000/00000002`. Null on a standby. Each promotion
 * begins a timeline with a higher number; another system has an identifier of its own. Evaluated once per statement.
 */
const TIMELINE = `(SELECT CASE WHEN pg_is_in_recovery() THEN NULL ELSE
  system_identifier || '/' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8) END FROM pg_control_system())`;

/** Milliseconds before a refused request is repeated: the address has to point at the new primary first. */
const RETRY_MS = 1_000;

/**
 * Fences an old primary that returns after a failover: it may have commits that the new one lacks, and what it commits is
 * lost. Batches, and reads that return a snapshot, name their timeline, and one that is older than the newest seen is refused.
 *
 * This process has to have seen the new primary. A process that was started since then relies on synchronous replication:
 * without its standby, an old primary acknowledges nothing.
 */
export class TimelineFence {
  /** Null where the database does not say: an embedded one, or a service without these functions. */
  readonly column: string;
  #system = '';
  #timeline = 0;

  constructor(isSupported: boolean) {
    this.column = isSupported ? TIMELINE : 'NULL::text';
  }

  /**
   * Takes in what a statement said.
   * @throws {CreditsError} `unavailable` — the server is an old primary
   */
  observe(value: string | null | undefined): void {
    if (value == null) return;
    const [system = '', hex = ''] = value.split('/');
    const timeline = Number.parseInt(hex, 16);
    if (system === this.#system && timeline < this.#timeline) {
      const message =
        `The database is an old primary: it writes timeline ${timeline}, and timeline ${this.#timeline} has begun. ` +
        'Nothing was changed.';
      throw new CreditsError('unavailable', message, { details: { retryAfterMs: RETRY_MS } });
    }
    this.#system = system;
    this.#timeline = timeline;
  }
}
