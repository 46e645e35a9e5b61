import type { ChainRow } from './chain-row.ts';
import { CHAIN_START, type ChainHash } from './chain.ts';

/** Where an account stood after an entry. Whole numbers as SQL writes them. */
export interface Position {
  version: string;
  posted: string;
  held: string;
  hash: ChainHash;
  /** Entries so far that belong to a transfer. */
  transfers: number;
}

export const BEGINNING: Position = { version: '0', posted: '0', held: '0', hash: CHAIN_START, transfers: 0 };

/** An entry with what must agree with it: its row at the other side of the transfer, and the answer kept under its key. */
export type WalkRow = ChainRow & {
  /** Transfer of the entry that the other side names; null where there is no such entry. */
  other: string | null;
  /** Null where no answer is kept. */
  answer_account: string | null;
  answer_version: string | null;
  answer_posted: string | null;
  answer_held: string | null;
  answer_transfer: string | null;
  answer_hold: string | null;
};

/** What an entry makes of the balance before it. */
export function computeAfter(row: ChainRow): { posted: string; held: string } {
  const amount = BigInt(row.amount);
  const [posted, held] = [BigInt(row.posted_before), BigInt(row.held_before)];
  switch (row.kind) {
    case 'transfer':
      return { posted: `${row.direction === 'credit' ? posted + amount : posted - amount}`, held: `${held}` };
    case 'post':
      return { posted: `${posted - amount}`, held: `${held - amount}` };
    case 'hold':
      return { posted: `${posted}`, held: `${held + amount}` };
    default:
      return { posted: `${posted}`, held: `${held - amount}` };
  }
}
