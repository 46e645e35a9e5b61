/** An entry that a verification found to be wrong. Numbers are digits. */
export interface FoundEntry {
  account: string;
  version: string;
  /** The version before it; null for the first one. */
  last: string | null;
  kind: string;
  amount: string;
  posted: string;
  held: string;
  hold: string | null;
  key: string | null;
  gap: boolean;
  balance: boolean;
  hash: boolean;
  digest: boolean;
  control: boolean;
  reversal: boolean;
  holdMissing: boolean;
  lotMissing: boolean;
  rateMissing: boolean;
  allowanceMissing: boolean;
}

/** Says what is wrong with an entry. What follows from a gap is not repeated. */
export function describeEntry(entry: FoundEntry): string[] {
  const { last, kind, amount, posted, held, key, hold } = entry;
  if (entry.gap) return [`it follows version ${last ?? 0}, so entries are missing or moved.`];
  const messages: string[] = [];
  if (entry.balance) {
    messages.push(`posted ${posted} and held ${held} do not follow from the entry before by a ${kind} of ${amount}.`);
  }
  if (entry.hash) messages.push('its hash does not match its row and the hashes before it.');
  if (entry.digest) messages.push(`its digest does not match its actor and key ${key ?? '(none)'}.`);
  if (entry.control) messages.push('its text contains a control character that the ledger never stores.');
  if (entry.reversal) messages.push('it is not the opposite of the transfer that it reverses.');
  if (entry.holdMissing) messages.push(`hold ${hold} does not exist, or is of another account.`);
  if (entry.lotMissing) messages.push('credits that it brought are in no lot.');
  if (entry.rateMissing) messages.push('the rate that it starts does not exist, or is of another account.');
  if (entry.allowanceMissing) messages.push('the allowance that it names does not exist, or is of another account.');
  return messages;
}
