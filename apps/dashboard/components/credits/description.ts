import { formatCredits, formatDelta } from './format';
import { say } from './messages';
import type { CreditsView } from './use-credits-view';

/** What the display says to someone who does not see it: the number, then whatever makes it less than certain. */
export function describeForReader(view: CreditsView): string {
  const { state, amount, kind, freshness } = view;
  if (kind === 'error') return say('readUnavailable');
  if (kind === 'signed-out') return say('readSignedOut');
  if (amount === null) return say('readLoading');
  const parts = [say('readAmount', { amount: formatCredits(amount) })];
  const pending = pendingDelta(view);
  if (pending !== 0) parts.push(say('readPending', { amount: formatDelta(pending) }));
  const held = state.confirmed?.balance.held ?? 0;
  if (held > 0) parts.push(say('readHeld', { amount: formatCredits(held) }));
  if (view.dimmed) parts.push(freshness.word.toLowerCase());
  return parts.join(', ');
}

/** What the own operations that are under way do to the number, together. */
export function pendingDelta({ state }: CreditsView): number {
  let sum = 0;
  for (const { delta } of state.pending) sum += delta;
  return sum;
}
