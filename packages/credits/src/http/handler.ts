import type { Ledger } from '../ledger/ledger.ts';

/** Who asks, as the host's own session says. */
export interface Identity {
  /** The ledger account of the signed-in user. */
  account: string;
}

export interface CreditsHandlerOptions {
  ledger: Ledger;
  /**
   * Reads the identity from the host's session: a cookie or a header that the host verifies, never anything that the
   * browser merely claims. Null means signed out. Called for every request, and again on every heartbeat of a stream.
   */
  identify: (request: Request) => Promise<Identity | null>;
  /** @default '/api/credits' */
  basePath?: string;
  /** Origins that may send mutations, such as `https://panel.example`. @default only the request's own origin */
  trustedOrigins?: readonly string[];
  /** More streams of one account end its oldest one. @default 12 */
  streamsPerAccountMax?: number;
  /** @default 15_000 */
  heartbeatMs?: number;
  /** Streams end after this, ±20 %, so that they spread over instances. @default 600_000 */
  streamLifetimeMs?: number;
  /** How often versions are re-read, in case a hint was lost. @default 5_000 */
  rereadMs?: number;
  /** Hears of what went wrong inside, with the request's id; the wire only says `internal`. */
  onWarning?: (message: string, cause: unknown) => void;
}

export interface CreditsHandler {
  /** Answers every request below `basePath`; others with a `not_found` problem. Never throws. */
  fetch(request: Request): Promise<Response>;
  /** Ends the streams of an account with `signed-out`: call it when a session ends. */
  signOut(account: string): void;
  /** Says goodbye on every stream and refuses new ones with `unavailable`: the first step of a graceful stop. */
  drain(options?: { retryAfterMs?: number }): Promise<void>;
  /** Open streams now. */
  readonly streams: number;
}
