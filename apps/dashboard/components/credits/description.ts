import { UNIT } from './branding';
import { formatCredits, formatDelta } from './format';
import type { CreditsView } from './use-credits-view';

/** What the display says to someone who does not see it: the number, then whatever makes it less than certain. */
export function describeForReader(view: CreditsView): string {
  const { state, amount, kind, freshness } = view;
  if (kind === 'error') return `${UNIT.title}: unavailable`;
  if (kind === 'signed-out') return `${UNIT.title}: signed out`;
  if (amount === null) return `${UNIT.title}: loading`;
  const parts = [`${UNIT.title}: ${formatCredits(amount)}`];
  const pending = pendingDelta(view);
  if (pending !== 0) parts.push(`${formatDelta(pending)} pending`);
  const held = state.confirmed?.balance.held ?? 0;
  if (held > 0) parts.push(`${formatCredits(held)} held`);
  if (view.dimmed) parts.push(freshness.word.toLowerCase());
  return parts.join(', ');
}

/** What the own operations that are under way do to the number, together. */
export function pendingDelta({ state }: CreditsView): number {
  let sum = 0;
  for (const { delta } of state.pending) sum += delta;
  return sum;
}
