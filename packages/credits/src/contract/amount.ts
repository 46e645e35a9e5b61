import { CreditsError } from './error.ts';

/** Whole credits. Always a safe integer; never a float, a string or a bigint. */
export type Credits = number;

/** The largest amount and the largest balance: 2^53−1, the last integer that JSON and JavaScript both carry exactly. */
export const CREDITS_MAX: Credits = Number.MAX_SAFE_INTEGER;

/** How a rejected value is quoted back: enough to recognise, never a whole request body. */
function quote(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 40));
  if (typeof value === 'number' || typeof value === 'boolean' || value == null) return String(value);
  return typeof value;
}

/**
 * Reads an amount to move: a whole number of credits, 1 to {@link CREDITS_MAX}.
 *
 * Strings are refused even when they look like numbers: a form field that was never converted is a bug worth seeing.
 *
 * @throws {CreditsError} `invalid_request` — not a number, not whole, below 1 or above the maximum.
 */
export function parseAmount(value: unknown, name = 'amount'): Credits {
  return parseInteger(value, name, 1);
}

/**
 * Reads a balance to set or to show: a whole number of credits, 0 to {@link CREDITS_MAX}.
 *
 * @throws {CreditsError} `invalid_request` — not a number, not whole, negative or above the maximum.
 */
export function parseBalanceAmount(value: unknown, name = 'balance'): Credits {
  return parseInteger(value, name, 0);
}

/**
 * Reads a version: the gapless per-account counter, 0 for an account that nothing has happened to.
 *
 * @throws {CreditsError} `invalid_request` — not a whole number from 0 up.
 */
export function parseVersion(value: unknown, name = 'version'): number {
  return parseInteger(value, name, 0);
}

function parseInteger(value: unknown, name: string, min: number): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= min) {
    return value === 0 ? 0 : value; // −0 is 0
  }
  throw new CreditsError(
    'invalid_request',
    `${name} must be a whole number from ${min} to ${CREDITS_MAX}: got ${quote(value)}.`,
    {
      details: { field: name },
    },
  );
}
