import {
  assertStorable,
  CreditsError,
  type Metadata,
  METADATA_BYTES_MAX,
  parseAmount,
  parseBalanceAmount,
  parseIdempotencyKey,
  parseVersion,
  REASON_LENGTH_MAX,
} from 'realtime-credits/contract';
import type {
  AdjustCommand,
  CommandBase,
  ExtendCommand,
  GrantCommand,
  HoldCommand,
  PostCommand,
  ReverseCommand,
  SpendCommand,
  TransferCommand,
  VoidCommand,
} from './command.ts';
import { createFingerprint } from './fingerprint.ts';
import { isId } from './id.ts';
import {
  HOUSE_ISSUED,
  HOUSE_SPENT,
  isHouse,
  type AdjustIntent,
  type ExtendIntent,
  type HoldIntent,
  type IntentBase,
  type MoveIntent,
  type PostIntent,
  type ReverseIntent,
  type VoidIntent,
} from './intent.ts';

/**
 * Unknown → typed, for every command. Callers are programs, but their values come from requests: each field is read as
 * if it could be anything, and what is refused names the field.
 */

/** Shortest and longest life of a hold, in milliseconds: below 1 s a slow provisioner always loses, above 30 days a lost hold locks credits for good. */
const HOLD_MS_MIN = 1_000;
const HOLD_MS_MAX = 30 * 24 * 60 * 60 * 1_000;

const ONCE_LENGTH_MAX = 128;

function invalid(field: string, message: string): CreditsError {
  return new CreditsError('invalid_request', message, { details: { field } });
}

/** Reads an account id: 1–128 of `A-Z a-z 0-9 _ . : -`. The house's own accounts are read like any other. */
export function parseAccount(value: unknown, name = 'account'): string {
  if (typeof value === 'string' && /^[A-Za-z0-9_.:-]{1,128}$/.test(value)) return value;
  throw invalid(name, `${name} must be 1 to 128 characters of A-Z a-z 0-9 _ . : -`);
}

/** Reads the id of a user's account; `house:` is ours. */
export function parseUserAccount(value: unknown, name = 'account'): string {
  const account = parseAccount(value, name);
  if (isHouse(account))
    throw invalid(name, `${name} must not begin with "house:": those accounts are the ledger's own.`);
  return account;
}

function parseText(value: unknown, name: string, lengthMax: number): string {
  // Control characters have no place in a sentence, and half a surrogate pair does not survive UTF-8.
  if (typeof value === 'string' && value.length >= 1 && value.length <= lengthMax && !/[\p{Cc}\p{Cs}]/u.test(value)) {
    return value;
  }
  throw invalid(name, `${name} must be a text of 1 to ${lengthMax} characters without control characters.`);
}

function parseMetadata(value: unknown): Metadata {
  if (value === undefined) return {};
  let text: string | undefined;
  try {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) text = JSON.stringify(value);
  } catch {
    text = undefined; // a cycle or a bigint
  }
  if (text === undefined || !text.startsWith('{'))
    throw invalid('metadata', 'metadata must be an object of plain JSON.');
  const bytes = Buffer.byteLength(text);
  if (bytes > METADATA_BYTES_MAX) {
    throw invalid('metadata', `metadata must be at most ${METADATA_BYTES_MAX} bytes of JSON: got ${bytes}.`);
  }
  const copy = JSON.parse(text) as Metadata; // the caller may change its own afterwards
  assertStorable(copy, 'metadata');
  return copy;
}

/** Reads an id of ours; a text of another shape names nothing. */
function parseReference(value: unknown, name: string, missing: 'transfer_not_found' | 'hold_not_found'): string {
  if (typeof value !== 'string' || value === '') throw invalid(name, `${name} must be the id of a ${name}.`);
  if (!isId(value)) throw new CreditsError(missing);
  return value;
}

/** Reads the id of a transfer. */
export function parseTransferId(value: unknown): string {
  return parseReference(value, 'transfer', 'transfer_not_found');
}

/** Reads the id of a hold. */
export function parseHoldId(value: unknown): string {
  return parseReference(value, 'hold', 'hold_not_found');
}

/** Reads the id of the hold that a list goes on from. It need not exist. */
export function parseBefore(value: unknown): string {
  if (typeof value === 'string' && isId(value)) return value;
  throw invalid('before', 'before must be the id of a hold.');
}

/** What all commands have. `args` are this call's own. */
function parseBase(kind: string, command: CommandBase, args: Record<string, unknown>): IntentBase {
  const actor = parseAccount(command.actor, 'actor');
  const key = parseIdempotencyKey(command.idempotencyKey);
  const reason = parseText(command.reason, 'reason', REASON_LENGTH_MAX);
  const metadata = parseMetadata(command.metadata);
  const once = command.once === undefined ? null : parseText(command.once, 'once', ONCE_LENGTH_MAX);
  const fingerprint = createFingerprint(kind, Object.assign(args, { reason, metadata, once }));
  return { actor, key, fingerprint, reason, metadata, once };
}

/** Field by field: spread into an object with further fields, the base would cost a move more than its hashes do. */
function toMove(
  kind: MoveIntent['kind'],
  { actor, key, fingerprint, reason, metadata, once }: IntentBase,
  sides: { account: string; source: string; destination: string; amount: number },
): MoveIntent {
  const { account, source, destination, amount } = sides;
  return { kind, actor, key, fingerprint, reason, metadata, once, account, source, destination, amount };
}

function assertObject(command: unknown): void {
  if (typeof command !== 'object' || command === null) throw invalid('command', 'A command must be an object.');
}

export function parseGrant(command: GrantCommand): MoveIntent {
  assertObject(command);
  const account = parseUserAccount(command.account);
  const amount = parseAmount(command.amount);
  const base = parseBase('grant', command, { account, amount });
  return toMove('grant', base, { account, source: HOUSE_ISSUED, destination: account, amount });
}

export function parseSpend(command: SpendCommand): MoveIntent {
  assertObject(command);
  const account = parseUserAccount(command.account);
  const amount = parseAmount(command.amount);
  const base = parseBase('spend', command, { account, amount });
  return toMove('spend', base, { account, source: account, destination: HOUSE_SPENT, amount });
}

export function parseTransfer(command: TransferCommand): MoveIntent {
  assertObject(command);
  const source = parseUserAccount(command.source, 'source');
  const destination = parseUserAccount(command.destination, 'destination');
  if (source === destination) throw invalid('destination', 'destination must be another account than source.');
  const amount = parseAmount(command.amount);
  const base = parseBase('transfer', command, { source, destination, amount });
  return toMove('transfer', base, { account: source, source, destination, amount });
}

export function parseAdjust(command: AdjustCommand): AdjustIntent {
  assertObject(command);
  const account = parseUserAccount(command.account);
  const available = parseBalanceAmount(command.available, 'available');
  const expectedVersion = parseVersion(command.expectedVersion, 'expectedVersion');
  return {
    ...parseBase('adjust', command, { account, available, expectedVersion }),
    kind: 'adjust',
    account,
    available,
    expectedVersion,
  };
}

export function parseReverse(command: ReverseCommand): ReverseIntent {
  assertObject(command);
  const transfer = parseTransferId(command.transfer);
  return { ...parseBase('reverse', command, { transfer }), kind: 'reverse', transfer };
}

function parseHoldMs(value: unknown): number {
  const expiresAfterMs = parseAmount(value, 'expiresAfterMs');
  if (expiresAfterMs >= HOLD_MS_MIN && expiresAfterMs <= HOLD_MS_MAX) return expiresAfterMs;
  throw invalid('expiresAfterMs', `expiresAfterMs must be ${HOLD_MS_MIN} to ${HOLD_MS_MAX}: got ${expiresAfterMs}.`);
}

export function parseHold(command: HoldCommand): HoldIntent {
  assertObject(command);
  const account = parseUserAccount(command.account);
  const amount = parseAmount(command.amount);
  const expiresAfterMs = parseHoldMs(command.expiresAfterMs);
  const destination =
    command.destination === undefined || command.destination === HOUSE_SPENT
      ? HOUSE_SPENT
      : parseUserAccount(command.destination, 'destination');
  if (destination === account) throw invalid('destination', 'destination must be another account than account.');
  const base = parseBase('hold', command, { account, amount, expiresAfterMs, destination });
  return { ...base, kind: 'hold', account, amount, expiresAfterMs, destination };
}

export function parsePost(command: PostCommand): PostIntent {
  assertObject(command);
  const hold = parseHoldId(command.hold);
  const amount = command.amount === undefined ? null : parseAmount(command.amount);
  return { ...parseBase('post', command, { hold, amount }), kind: 'post', hold, amount };
}

export function parseVoid(command: VoidCommand): VoidIntent {
  assertObject(command);
  const hold = parseHoldId(command.hold);
  return { ...parseBase('void', command, { hold }), kind: 'void', hold };
}

export function parseExtend(command: ExtendCommand): ExtendIntent {
  assertObject(command);
  const hold = parseHoldId(command.hold);
  const expiresAfterMs = parseHoldMs(command.expiresAfterMs);
  return { ...parseBase('extend', command, { hold, expiresAfterMs }), kind: 'extend', hold, expiresAfterMs };
}
