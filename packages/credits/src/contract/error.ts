/**
 * The one table of operating errors, and the one class that carries them.
 *
 * A bug is not in this table: it throws `AssertionError` and reaches the wire as `internal` without detail. Browsers load
 * the codes and the class; statuses and titles are for servers, and bundlers leave them out of a page.
 */
export const CREDITS_ERROR_CODES = [
  'invalid_request',
  'unauthenticated',
  'insufficient_credits',
  'forbidden',
  'not_found',
  'account_not_found',
  'transfer_not_found',
  'hold_not_found',
  'rate_not_found',
  'allowance_not_found',
  'method_not_allowed',
  'hold_already_resolved',
  'transfer_already_reversed',
  'version_conflict',
  'account_in_use',
  'already_claimed',
  'balance_limit_exceeded',
  'operation_abandoned',
  'body_too_large',
  'idempotency_key_reused',
  'rate_limited',
  'internal',
  'unavailable',
  'network',
  'protocol',
] as const;

/** Every code that an error of this product can have. Codes are stable: hosts may switch on them. */
export type CreditsErrorCode = (typeof CREDITS_ERROR_CODES)[number];

/** Whether a value that came over a wire is one of our codes. */
export function isErrorCode(value: unknown): value is CreditsErrorCode {
  return (CREDITS_ERROR_CODES as readonly unknown[]).includes(value);
}

/** Codes of failures that the same request may not meet again. */
const RETRYABLE: ReadonlySet<CreditsErrorCode> = new Set([
  'rate_limited',
  'internal',
  'unavailable',
  'network',
  'protocol',
]);

/** Titles of codes whose own words say too little. */
const TITLES: { readonly [Code in CreditsErrorCode]?: string } = {
  unauthenticated: 'Sign in first',
  internal: 'Something broke on our side',
  unavailable: 'Try again shortly',
  network: 'The server could not be reached',
  protocol: 'The server sent something that cannot be read',
};

/** Status, retry decision and title of each code. Statuses are here and nowhere else; null where there was no response. */
export const CREDITS_ERRORS = {
  invalid_request: { status: 400, retryable: false, title: 'The request is not valid' },
  unauthenticated: { status: 401, retryable: false, title: 'Sign in first' },
  insufficient_credits: { status: 402, retryable: false, title: 'Not enough credits' },
  forbidden: { status: 403, retryable: false, title: 'Not allowed' },
  not_found: { status: 404, retryable: false, title: 'No such page' },
  account_not_found: { status: 404, retryable: false, title: 'No such account' },
  transfer_not_found: { status: 404, retryable: false, title: 'No such transfer' },
  hold_not_found: { status: 404, retryable: false, title: 'No such hold' },
  rate_not_found: { status: 404, retryable: false, title: 'No such rate' },
  allowance_not_found: { status: 404, retryable: false, title: 'No such allowance' },
  method_not_allowed: { status: 405, retryable: false, title: 'That method is not offered here' },
  hold_already_resolved: { status: 409, retryable: false, title: 'The hold was posted, voided or expired' },
  transfer_already_reversed: { status: 409, retryable: false, title: 'The transfer was reversed before' },
  version_conflict: { status: 409, retryable: false, title: 'The balance changed in between' },
  account_in_use: { status: 409, retryable: false, title: 'The account has holds, rates or allowances' },
  already_claimed: { status: 409, retryable: false, title: 'Claimed before' },
  balance_limit_exceeded: { status: 409, retryable: false, title: 'The balance would exceed the maximum' },
  operation_abandoned: { status: 409, retryable: false, title: 'The operation was given up before it arrived' },
  body_too_large: { status: 413, retryable: false, title: 'The request is too large' },
  idempotency_key_reused: { status: 422, retryable: false, title: 'Same key, different command' },
  rate_limited: { status: 429, retryable: true, title: 'Too many requests' },
  internal: { status: 500, retryable: true, title: 'Something broke on our side' },
  unavailable: { status: 503, retryable: true, title: 'Try again shortly' },
  // Client side only: no response arrived, or none that can be read.
  network: { status: null, retryable: true, title: 'The server could not be reached' },
  protocol: { status: null, retryable: true, title: 'The server sent something that cannot be read' },
} as const satisfies Record<CreditsErrorCode, { status: number | null; retryable: boolean; title: string }>;

/** What some codes say beyond their sentence. Values are display-safe. */
export interface CreditsErrorDetails {
  insufficient_credits: { requested: number; available: number };
  version_conflict: { expected: number; actual: number };
  /** `transfer` is the id of what the claim paid: a transfer or a hold. */
  already_claimed: { claimKey: string; transfer: string };
  invalid_request: { field?: string; issues?: { path: string; message: string }[] };
  rate_limited: { retryAfterMs?: number };
  unavailable: { retryAfterMs?: number };
  hold_already_resolved: { state: string };
  /** `reversedBy` is the id of the reversal. */
  transfer_already_reversed: { reversedBy: string };
}

/** Details for one code; codes without an entry above carry none. */
export type DetailsOf<Code extends CreditsErrorCode> = Code extends keyof CreditsErrorDetails
  ? CreditsErrorDetails[Code]
  : undefined;

const BRAND = Symbol.for('realtime-credits.error');

/**
 * The only error class of the product. Tell cases apart by `code`, and recognise it with {@link isCreditsError}:
 * `instanceof` fails when two copies of the package are installed.
 */
export class CreditsError<Code extends CreditsErrorCode = CreditsErrorCode> extends Error {
  readonly code: Code;
  readonly details: DetailsOf<Code> | undefined;
  /** Names the request in the server's log; set on errors that crossed the wire. */
  readonly requestId: string | undefined;

  constructor(
    code: Code,
    message?: string,
    options: { details?: DetailsOf<Code>; cause?: unknown; requestId?: string | undefined } = {},
  ) {
    super(
      message ?? `${TITLES[code] ?? toSentence(code)}.`,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.name = 'CreditsError';
    this.code = code;
    this.details = options.details;
    this.requestId = options.requestId;
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** Whether the same request may succeed later, unchanged. */
  get retryable(): boolean {
    return RETRYABLE.has(this.code);
  }
}

/** Whether a caught value is a {@link CreditsError}, of this copy of the package or of another. */
export function isCreditsError(value: unknown): value is CreditsError {
  return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[BRAND] === true;
}

function toSentence(code: string): string {
  return code.charAt(0).toUpperCase() + code.slice(1).replaceAll('_', ' ');
}
