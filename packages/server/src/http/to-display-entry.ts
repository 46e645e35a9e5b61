import type { Entry } from 'realtime-credits/contract';

/**
 * An entry as its own account holder may see it: no other user's id, and nothing that the host noted for itself.
 *
 * `counterparty` stays for house accounts only, `actor` for the holder and for parts of the system; another person's is
 * `other`. `metadata` is emptied: hosts write panel ids and admin notes there. What people should read is the `reason`.
 */
export function toDisplayEntry(entry: Entry): Entry {
  const isOwn = (name: string): boolean => name === entry.account || /^(house|system):/.test(name);
  return {
    ...entry,
    counterparty: entry.counterparty !== null && isOwn(entry.counterparty) ? entry.counterparty : null,
    actor: isOwn(entry.actor) ? entry.actor : 'other',
    metadata: {},
  };
}
