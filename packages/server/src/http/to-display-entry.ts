import type { Entry } from 'realtime-credits/contract';

/**
 * An entry as its account holder may see it: no other user's id, and nothing that the host recorded for itself.
 *
 * `counterparty` stays for system accounts only, `actor` for the holder and for parts of the system; another person's is
 * `other`. `metadata` is emptied, because hosts store panel ids and notes there. `reason` is the text for people.
 */
export function toDisplayEntry(entry: Entry): Entry {
  const isVisible = (name: string): boolean => name === entry.account || name.startsWith('system:');
  return {
    ...entry,
    counterparty: entry.counterparty !== null && isVisible(entry.counterparty) ? entry.counterparty : null,
    actor: isVisible(entry.actor) ? entry.actor : 'other',
    metadata: {},
  };
}
