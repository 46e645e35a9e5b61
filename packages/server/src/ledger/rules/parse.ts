import {
  ACCOUNT_ID_PATTERN,
  assertStorable,
  CreditsError,
  METADATA_BYTES_MAX,
  parseIdempotencyKey,
  REASON_LENGTH_MAX,
} from 'realtime-credits/contract';
import type { CommandBase } from '../commands.ts';
import { createFingerprint, digestKey } from './fingerprint.ts';
import type { IntentBase } from './intent.ts';
import { isSystemAccount } from './system-accounts.ts';

/** Unknown to typed, for what several commands share. Values come from requests: each may be anything. */

const CLAIM_KEY_LENGTH_MAX = 128;

/** The error for a malformed field. */
export function invalidField(field: string, message: string): CreditsError<'invalid_request'> {
  return new CreditsError('invalid_request', message, { details: { field } });
}

/** Whether a value has the shape of an account id or of an actor: 1 to 128 of `A-Z a-z 0-9 _ . : - | @ + ~ =`. */
function isName(value: unknown): value is string {
  return typeof value === 'string' && ACCOUNT_ID_PATTERN.test(value);
}

/** Whether a value can be the id of a user account: ids that begin with `system:` are the ledger's own. */
export function isUserAccount(value: unknown): value is string {
  return isName(value) && !isSystemAccount(value);
}

/** Reads the name of an actor: a user account, or a system part. @throws {CreditsError} `invalid_request` */
export function parseActor(value: unknown, name = 'actor'): string {
  if (isName(value)) return value;
  throw invalidField(name, `${name} must be 1 to 128 characters of A-Z a-z 0-9 _ . : - | @ + ~ =`);
}

/** Reads the id of a user account. @throws {CreditsError} `invalid_request` */
export function parseUserAccount(value: unknown, name = 'account'): string {
  const account = parseActor(value, name);
  if (isUserAccount(account)) return account;
  throw invalidField(name, `${name} must not begin with "system:": those accounts are the ledger's own.`);
}

/** Reads a text without control characters. @throws {CreditsError} `invalid_request` */
export function parseText(value: unknown, name: string, lengthMax: number): string {
  // Half a surrogate pair does not survive UTF-8, and hashes join fields by control characters.
  if (typeof value === 'string' && value.length >= 1 && value.length <= lengthMax && !/[\p{Cc}\p{Cs}]/u.test(value)) {
    return value;
  }
  throw invalidField(name, `${name} must be a text of 1 to ${lengthMax} characters without control characters.`);
}

/** Reads an ISO instant with its zone, such as `2026-12-31T23:00:00Z`, as milliseconds since 1970. */
export function parseInstant(value: unknown, name: string): number {
  // Without a zone, and in other forms that Date.parse accepts, it means different instants in different places.
  const hasForm =
    typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/.test(value);
  const instantMs = hasForm ? Date.parse(value) : Number.NaN;
  if (!Number.isNaN(instantMs)) return instantMs;
  throw invalidField(name, `${name} must be an ISO instant with its zone, such as 2026-12-31T23:00:00Z.`);
}

/** Reads metadata and writes it as JSON; null when there is none. */
function parseMetadata(value: unknown): string | null {
  if (value === undefined) return null;
  let text: string | undefined;
  try {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) text = JSON.stringify(value);
  } catch {
    text = undefined; // a cycle or a bigint
  }
  if (text?.startsWith('{') !== true) throw invalidField('metadata', 'metadata must be an object of plain JSON.');
  assertStorable(value, 'metadata');
  const bytes = Buffer.byteLength(text);
  if (bytes > METADATA_BYTES_MAX) {
    throw invalidField('metadata', `metadata must be at most ${METADATA_BYTES_MAX} bytes of JSON: got ${bytes}.`);
  }
  return text === '{}' ? null : text;
}

/** Fails unless a command is an object. Its fields can be read afterwards. */
export function assertObject(command: unknown): void {
  if (typeof command !== 'object' || command === null) throw invalidField('command', 'A command must be an object.');
}

/** Reads what all commands have. `args` are this command's own, already parsed. */
export function parseBase(kind: string, command: CommandBase, args: Readonly<Record<string, unknown>>): IntentBase {
  const actor = parseActor(command.actor);
  const key = parseIdempotencyKey(command.idempotencyKey);
  const reason = parseText(command.reason, 'reason', REASON_LENGTH_MAX);
  const metadata = parseMetadata(command.metadata);
  const claimKey =
    command.claimKey === undefined ? null : parseText(command.claimKey, 'claimKey', CLAIM_KEY_LENGTH_MAX);
  // Parsed again: a date or an object with toJSON counts as what is stored.
  const plain: unknown = metadata === null ? {} : JSON.parse(metadata);
  const fingerprint = createFingerprint(kind, { ...args, reason, metadata: plain, claimKey });
  return { actor, key, keyDigest: digestKey(actor, key), fingerprint, reason, metadata, claimKey };
}
