import type { Head, VerifyOptions, VerifyReport } from '../ledger.ts';
import type { Read } from '../postgres/account-reads.ts';
export async function readHeads(_s: string, _read: Read, _q: { after: string; limit: number }): Promise<Head[]> {
  return [];
}
export async function verify(_s: string, _read: Read, _q: VerifyOptions & { nowMs: number }): Promise<VerifyReport> {
  throw new Error('not yet');
}
