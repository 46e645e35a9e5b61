/**
 * The ledger's own accounts. Users see three: one that grants are paid from, one that receives what is spent, and one that
 * receives what expired.
 *
 * Each is stored as {@link SLOT_COUNT} rows, the slots. Every grant and spend locks one of its rows, and with a single
 * row two processes would take turns. A balance of a system account is the sum over its slots. Public ids never show
 * the slot: its separator is not in the alphabet of account ids.
 */

/** Pays grants. Its balance is the negative of what was ever granted. */
export const SYSTEM_ISSUED = 'system:issued';

/** Receives what is spent. */
export const SYSTEM_SPENT = 'system:spent';

/** Receives credits that expired unspent. Its rows are created when something expires. */
export const SYSTEM_BREAKAGE = 'system:breakage';

/** Rows of each system account, numbered from 0. */
export const SLOT_COUNT = 32;

/** A system account, without a slot. */
export type SystemAccount = typeof SYSTEM_ISSUED | typeof SYSTEM_SPENT | typeof SYSTEM_BREAKAGE;

/** Id of the row of a system account in one slot, such as `system:issued#3`. */
export function toSlotAccount(account: SystemAccount, slot: number): string {
  return `${account}#${slot}`;
}

/** The id that users see: a row id without its slot. */
export function toPublicAccount(id: string): string {
  const separator = id.indexOf('#');
  return separator === -1 ? id : id.slice(0, separator);
}

/** Whether an account id, with or without a slot, is reserved for the ledger and system parts. */
export function isSystemAccount(id: string): boolean {
  return id.startsWith('system:');
}
