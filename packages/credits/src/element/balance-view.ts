import { selectView, type CreditsState, type CreditsView } from '../sync/number/view.ts';

/** What an element says about its number: {@link CreditsView} describes each value. */
export type BalanceState = CreditsView['status'];

/** What stands beside the number, in English; a host writes its own words into the slot that is named after the state. */
export function describeBalance({ status, freshness, error }: CreditsView): string {
  switch (status) {
    case 'signed-out':
      return 'signed out';
    case 'error':
      return error === null ? 'offline' : 'unavailable';
    case 'stale':
      return freshness === 'offline' ? 'offline' : 'not up to date';
    case 'known':
      return '';
    default:
      return status;
  }
}

/**
 * Whether a change is worth announcing: an own operation has ended, or the number can be trusted less or again. Changes
 * from elsewhere are not: a balance that talks all day is worse than a silent one.
 */
export function isWorthAnnouncing(before: CreditsState, after: CreditsState): boolean {
  if (before.account !== null && after.account !== null && before.account !== after.account) return false;
  const [former, latter] = [before, after].map((state) => {
    const { status } = selectView(state);
    return status === 'pending' || status === 'loading' ? 'known' : status;
  });
  return former !== latter || before.pending.some(({ id }) => after.pending.every((operation) => operation.id !== id));
}
