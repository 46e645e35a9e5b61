import type { Hold } from 'realtime-credits/contract';

/**
 * A hold as its own account holder may see it: no other user's id. `destination` stays for house accounts and `actor` for
 * the holder and for parts of the system; another person's is `other`.
 */
export function toDisplayHold(hold: Hold): Hold {
  const show = (name: string): string => (name === hold.account || /^(house|system):/.test(name) ? name : 'other');
  return { ...hold, destination: show(hold.destination), actor: show(hold.actor) };
}
