import { hash } from 'node:crypto';
import { quote } from './quote.ts';

/**
 * The chain of an account (L-11): the hash of each entry is made of the hash before it, of everything that the entry says,
 * and of everything that its transfer, or the hold that it opens, says. Whoever changes, moves or removes one of them has
 * to make every later hash of the account anew, and no head that was written down elsewhere agrees any more.
 *
 * The one definition of the canonical form: a JSON array of texts, in the order below. The writer fills it from what it
 * is about to write, `verify` from what SQL returns; so numbers are their decimal digits, instants the microseconds since
 * 1970 (the finest that the database can be made to say), metadata the stored text, and what is absent is null.
 */

/** SHA-256 as 64 hex digits, or nothing before the first entry. */
export type ChainHash = string;

/** What the first entry follows. */
export const CHAIN_START: ChainHash = '';

/** A whole number, as the writer has it or as SQL writes it. */
type Digits = number | string;

export interface TransferFacts {
  id: string;
  kind: string;
  source: string;
  sourceVersion: Digits;
  destination: string;
  destinationVersion: Digits;
  amount: Digits;
  actor: string;
  reason: string;
  metadata: string;
  reverses: string | null;
  hold: string | null;
  createdAt: Digits;
}

/** What never changes of a hold. What remains of it is the sum of its entries; when it ends is no part of the history. */
export interface HoldFacts {
  id: string;
  account: string;
  destination: string;
  amount: Digits;
  actor: string;
  reason: string;
  createdAt: Digits;
}

export interface EntryFacts {
  account: string;
  version: Digits;
  kind: string;
  direction: string;
  amount: Digits;
  postedBefore: Digits;
  heldBefore: Digits;
  postedAfter: Digits;
  heldAfter: Digits;
  transfer: string | null;
  hold: string | null;
  operation: string | null;
  actor: string | null;
  reason: string | null;
  metadata: string | null;
  createdAt: Digits;
}

export function describeTransfer(facts: TransferFacts): string {
  const { id, kind, source, sourceVersion, destination, destinationVersion, amount, actor, reason } = facts;
  return (
    `[${quote(id)},${quote(kind)},${quote(source)},"${sourceVersion}",${quote(destination)},"${destinationVersion}",` +
    `"${amount}",${quote(actor)},${quote(reason)},${quote(facts.metadata)},${quote(facts.reverses)},` +
    `${quote(facts.hold)},"${facts.createdAt}"]`
  );
}

export function describeHold({ id, account, destination, amount, actor, reason, createdAt }: HoldFacts): string {
  return `[${quote(id)},${quote(account)},${quote(destination)},"${amount}",${quote(actor)},${quote(reason)},"${createdAt}"]`;
}

/**
 * The hash of an entry.
 *
 * @param previous - That of the entry before it on the same account.
 * @param about - {@link describeTransfer} of its transfer, or {@link describeHold} of the hold that it opens. An entry that
 *   gives a hold back has neither.
 */
export function hashEntry(previous: ChainHash, facts: EntryFacts, about: string | null): ChainHash {
  const { account, version, kind, direction, amount, postedBefore, heldBefore, postedAfter, heldAfter } = facts;
  const said =
    `["${previous}",${quote(account)},"${version}",${quote(kind)},${quote(direction)},"${amount}","${postedBefore}",` +
    `"${heldBefore}","${postedAfter}","${heldAfter}",${quote(facts.transfer)},${quote(facts.hold)},` +
    `${quote(facts.operation)},${quote(facts.actor)},${quote(facts.reason)},${quote(facts.metadata)},` +
    `"${facts.createdAt}"]`;
  return hash('sha256', `[${said},${about}]`, 'hex');
}

/** An instant of the writer as the canonical form has it. */
export function toMicroseconds(iso: string): string {
  return `${Date.parse(iso)}000`;
}
