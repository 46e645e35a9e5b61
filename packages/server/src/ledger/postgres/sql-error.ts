import { CreditsError, isCreditsError } from 'realtime-credits/contract';

/** The one place where errors of the database and its driver are classified and become coded errors. */

/** SQLSTATEs after which the same batch, read and decided again, can succeed. */
const CONFLICTS = new Set(['23505', '40001', '40P01']);

/** Failed sockets. */
const CONNECTION_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
]);

/** The SQLSTATE of an error, or the code of its socket; empty without one. */
export function codeOf(error: unknown): string {
  const { code, routine } = (typeof error === 'object' && error !== null ? error : {}) as {
    code?: unknown;
    routine?: unknown;
  };
  // How a standby refuses BEGIN READ WRITE: as a setting that is not supported.
  if (code === '0A000' && routine === 'call_bool_check_hook') return '25006';
  return typeof code === 'string' ? code : '';
}

/** Whether two transactions conflicted: deciding again is then right. */
export function isConflict(error: unknown): boolean {
  return CONFLICTS.has(codeOf(error));
}

/** Whether another transaction has just stored the same key or claim: reading again tells which. */
export function isDuplicate(error: unknown): boolean {
  return codeOf(error) === '23505';
}

/** Whether the connection failed: nobody knows whether the last statement took effect. */
export function isConnectionFailure(error: unknown): boolean {
  const code = codeOf(error);
  if (typeof error === 'object' && error !== null && 'syscall' in error && error.syscall === 'connect') return true;
  if (code.startsWith('08') || code.startsWith('57P') || code === '25P03' || CONNECTION_CODES.has(code)) return true;
  // pg reports these without a code.
  return (
    error instanceof Error &&
    /connection terminated|pool after calling end|not queryable|client was closed|query read timeout/i.test(
      error.message,
    )
  );
}

/** Why a database that is there refuses work. No sentence names a path: a browser may show them. */
const REFUSALS: Readonly<Record<string, string>> = {
  '25006': 'The database accepts no changes now: its disk is full, or it is a standby. Nothing was changed.',
  '53100': 'The disk of the database is full. Nothing was changed.',
  '55P03': 'Another transaction kept a lock for too long. Nothing was changed.',
  '57014': 'The database took longer than its time limit allows. Nothing was changed.',
  '58030': 'The disk of the database failed. Repeat the command with the same key: it tells whether it took effect.',
};

/** Milliseconds before a client repeats a request that a database refused: an operator has to act first. */
const REFUSAL_RETRY_MS = 5_000;

/** Whether the database is there and refuses work for now. Repeating at once would only prolong that. */
export function isRefusal(error: unknown): boolean {
  const code = codeOf(error);
  return code in REFUSALS || code.startsWith('53') || isPoolExhausted(error);
}

/** Whether no connection became free in time. pg reports it without a code. */
function isPoolExhausted(error: unknown): boolean {
  return error instanceof Error && error.message.includes('timeout exceeded when trying to connect');
}

/** Turns an expected error of the database into a coded one. Any other error is returned as it is: a bug. */
export function toCreditsError(error: unknown): unknown {
  if (isCreditsError(error)) return error;
  const sentence = sentenceOf(error);
  if (sentence === null) return error;
  const details = isRefusal(error) && !isPoolExhausted(error) ? { details: { retryAfterMs: REFUSAL_RETRY_MS } } : {};
  return new CreditsError('unavailable', sentence, { cause: error, ...details });
}

/** Errors that are looked at behind an error: libraries wrap what the driver threw. */
const CAUSES_MAX = 5;

/**
 * Turns a failure of the database into `unavailable`, also where a library wrapped it as the `cause` of its own error. Any
 * other error is returned as it is. For routes of a host that read its own tables: pass what they caught, then
 * `toProblemResponse` responds with 503 and `Retry-After`.
 *
 * A conflict is none: the host knows what a duplicate of its own rows means.
 */
export function toUnavailable(error: unknown): unknown {
  if (isCreditsError(error)) return error;
  let cause = error;
  for (let depth = 0; depth < CAUSES_MAX && cause instanceof Error; depth += 1) {
    if (isConnectionFailure(cause) || isRefusal(cause)) return toCreditsError(cause);
    cause = cause.cause;
  }
  return error;
}

function sentenceOf(error: unknown): string | null {
  const code = codeOf(error);
  const refusal = REFUSALS[code];
  if (refusal !== undefined) return refusal;
  if (code.startsWith('53')) return 'The database has too few resources left. Try again shortly.';
  if (isPoolExhausted(error)) {
    return 'No database connection became free in time. Does something wait for the ledger while it holds a connection?';
  }
  if (isConnectionFailure(error)) return 'The database cannot be reached. Try again shortly.';
  if (isConflict(error)) return 'Too many conflicting commands. Try again shortly.';
  return null;
}
