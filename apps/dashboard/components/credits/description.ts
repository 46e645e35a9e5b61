import { formatCredits, formatDelta } from './format';
import { translate } from './messages';
import type { CreditsView } from './use-credits-view';

/** What the display says to someone who does not see it: the number, then whatever makes it less than certain. */
export function describeForReader(view: CreditsView): string {
  const { state, amount, kind, freshness } = view;
  if (kind === 'error') return translate('readUnavailable');
  if (kind === 'signed-out') return translate('readSignedOut');
  if (amount === null) return translate('readLoading');
  const parts = [translate('readAmount', { amount: formatCredits(amount) })];
  const pending = pendingDelta(view);
  if (pending !== 0) parts.push(translate('readPending', { amount: formatDelta(pending) }));
  const held = state.confirmed?.balance.held ?? 0;
  if (held > 0) parts.push(translate('readHeld', { amount: formatCredits(held) }));
  if (view.dimmed) parts.push(freshness.word.toLowerCase());
  return parts.join(', ');
}

/** What the own operations that are under way do to the number, together. */
export function pendingDelta({ state }: CreditsView): number {
  let sum = 0;
  for (const { delta } of state.pending) sum += delta;
  return sum;
}
