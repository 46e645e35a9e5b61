import { CreditsError, isCreditsError } from 'realtime-credits/contract';

/** SQLSTATEs after which the same batch, read and decided afresh, can succeed. */
const CONFLICTS = new Set(['23505', '40001', '40P01', '55P03']);

/** Sockets that closed, servers that stop or start, pools with nothing to give. */
const CONNECTION_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN']);

/** The SQLSTATE of an error, or the code of its socket; empty without one. */
export function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' ? code : '';
}

/** Whether two commands met each other, so that deciding again is right. */
export function isConflict(error: unknown): boolean {
  return CONFLICTS.has(codeOf(error));
}

/** Whether another transaction has just taken a key or a fact: reading again tells which. */
export function isDuplicate(error: unknown): boolean {
  return codeOf(error) === '23505';
}

/** Whether no connection became free in time: the pool is exhausted, and trying again at once would only wait longer. */
export function isPoolExhausted(error: unknown): boolean {
  return error instanceof Error && error.message.includes('timeout exceeded when trying to connect');
}

/** Whether the database is there, and takes no changes at present: its disk is full, or it became a standby. */
export function isReadOnly(error: unknown): boolean {
  return codeOf(error) === '25006';
}

/** Whether the connection failed, so that nobody can know what the database did last. */
export function isConnectionFailure(error: unknown): boolean {
  const code = codeOf(error);
  if (code.startsWith('08') || code.startsWith('57P') || code.startsWith('53') || code === '25P03') return true;
  // A log that cannot be written or synced ends a Postgres, and with it the connection.
  if (code === '58030') return true;
  if (CONNECTION_CODES.has(code)) return true;
  // pg reports these without a code.
  return (
    error instanceof Error &&
    /connection terminated|pool after calling end|not queryable|client was closed/i.test(error.message)
  );
}

/** Sentences for a database that is there and cannot take changes. None names a path: a browser may read them. */
const STORAGE_SENTENCES: Readonly<Record<string, string>> = {
  '53100': 'The disk of the database is full. Try again under the same key once there is room on it.',
  '25006':
    'The database takes no changes now: its disk is full, or it is a standby. Nothing was changed: try again later.',
  '58030': 'The disk of the database failed. Try again under the same key: it tells whether the command took effect.',
};

/** How long a client may wait before it asks a database again that takes no changes: an operator has to do something. */
const STORAGE_RETRY_MS = 5_000;

/**
 * The one place where what the database throws becomes a coded error. What is not expected stays as it is: a bug.
 */
export function toCreditsError(error: unknown): unknown {
  if (isCreditsError(error)) return error;
  const storage = STORAGE_SENTENCES[codeOf(error)];
  if (storage !== undefined) {
    return new CreditsError('unavailable', storage, { cause: error, details: { retryAfterMs: STORAGE_RETRY_MS } });
  }
  if (isConnectionFailure(error)) {
    return new CreditsError('unavailable', 'The database cannot be reached: try again shortly.', { cause: error });
  }
  if (isPoolExhausted(error)) {
    return new CreditsError(
      'unavailable',
      'No database connection became free in time. Does something wait for the ledger while it holds a connection?',
      { cause: error },
    );
  }
  if (isConflict(error)) {
    return new CreditsError('unavailable', 'Too many commands met each other: try again shortly.', { cause: error });
  }
  return error;
}
