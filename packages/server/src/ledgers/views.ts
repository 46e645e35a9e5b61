import {
  CreditsError,
  isCreditsError,
  type Entry,
  type Metadata,
  type Snapshot,
  type Transfer,
} from 'realtime-credits/contract';
import type { Receipt } from '../ledger/commands.ts';
import type { Placement, Segment } from './directory.ts';
import { CLEARING } from './member.ts';

/**
 * What one ledger says, as all of them together say it: versions count on after an account moved, ids of transfers name
 * their ledger, and a transfer between two ledgers has its two accounts and not the clearing account.
 */

/** The metadata of both parts of a transfer between two ledgers, which name the whole of it. */
export interface Crossing {
  source: string;
  destination: string;
  /** The ledger that receives. */
  to: number;
  /** Whose command it is. */
  actor: string;
}

export function withCrossing(metadata: Metadata | undefined, crossing: Crossing): Metadata {
  return { ...metadata, ledgers: crossing };
}

export function readCrossing(metadata: Metadata): Crossing {
  return metadata['ledgers'] as Crossing;
}

/** A host may write the same key: it means a transfer between ledgers only where the clearing account took part. */
function splitMetadata(
  metadata: Metadata,
  participants: readonly (string | null)[],
): { crossing: Crossing | null; own: Metadata } {
  const { ledgers, ...own } = metadata;
  const isCrossing = ledgers !== undefined && participants.includes(CLEARING);
  return { crossing: isCrossing ? (ledgers as unknown as Crossing) : null, own };
}

/** The segment of an account in which a ledger has a version. */
function segmentOf(placement: Placement, position: number, version: number): Segment {
  const own = [...placement.earlier, placement].filter((segment) => segment.position === position);
  return (
    own.find(({ after, until }) => version > after && (until === null || version <= until)) ?? own.at(-1) ?? placement
  );
}

/** The version of an account as all ledgers together count it. */
export function toPublicVersion(placement: Placement, position: number, version: number): number {
  return version + segmentOf(placement, position, version).base;
}

/** Ids of the first ledger stay as they are. */
export function toPublicId(id: string, position: number): string {
  return position === 0 || !id.startsWith('tr_') ? id : `${id}_${position.toString(36)}`;
}

/** Which ledger an id names, and the id there. What is not an id of ours is left to the first one, which refuses it. */
export function parsePublicId(id: unknown): { id: string; position: number } {
  const match = typeof id === 'string' ? /^(tr_[0-9a-z]+_[0-9a-z]+)_([1-9a-z][0-9a-z]{0,3})$/.exec(id) : null;
  return match === null
    ? { id: id as string, position: 0 }
    : { id: match[1] ?? '', position: Number.parseInt(match[2] ?? '', 36) };
}

export function toPublicTransfer<T extends Transfer>(transfer: T, position: number): T {
  const { id, reverses, source, destination } = transfer;
  const { crossing, own } = splitMetadata(transfer.metadata, [source, destination]);
  return {
    ...transfer,
    id: toPublicId(id, position),
    reverses: reverses === null ? null : toPublicId(reverses, position),
    metadata: own,
    ...(crossing === null
      ? {}
      : {
          kind: 'transfer',
          source: crossing.source,
          destination: crossing.destination,
          actor: crossing.actor,
          hold: null,
        }),
  };
}

export function toPublicEntry(entry: Entry, position: number, placement: Placement): Entry {
  const { crossing, own } = splitMetadata(entry.metadata, [entry.counterparty, entry.actor]);
  const counterparty =
    crossing !== null && entry.counterparty === CLEARING
      ? entry.account === crossing.source
        ? crossing.destination
        : crossing.source
      : entry.counterparty;
  return {
    ...entry,
    version: toPublicVersion(placement, position, entry.version),
    transfer: entry.transfer === null ? null : toPublicId(entry.transfer, position),
    counterparty,
    actor: crossing?.actor ?? entry.actor,
    metadata: own,
  };
}

export function toPublicSnapshot(snapshot: Snapshot, epoch: string, { base }: Segment): Snapshot {
  return { ...snapshot, epoch, version: snapshot.version + base, from: snapshot.from + base };
}

export function toPublicReceipt<R extends Receipt>(receipt: R, position: number, placement: Placement): R {
  return {
    ...receipt,
    version: toPublicVersion(placement, position, receipt.version),
    ...('transfer' in receipt && receipt.transfer !== null
      ? { transfer: toPublicTransfer(receipt.transfer, position) }
      : {}),
  };
}

/** An error of one ledger, with the versions and ids of all of them. */
export function toPublicError(error: unknown, position: number, { base }: Pick<Segment, 'base'>): unknown {
  if (!isCreditsError(error) || (position === 0 && base === 0)) return error;
  const { code, message, cause } = error;
  const details = error.details as Record<string, unknown> | undefined;
  if (details === undefined) return error;
  const translated = Object.fromEntries(
    Object.entries(details).map(([name, value]) => {
      if (code === 'version_conflict') return [name, (value as number) + base];
      return [name, typeof value === 'string' ? toPublicId(value, position) : value];
    }),
  );
  return new CreditsError(code, message, { details: translated as never, cause });
}
