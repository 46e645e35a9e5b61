import type { CreditsState, PendingOperation } from 'realtime-credits/client';
import { selectView } from 'realtime-credits/client';
import { formatCredits, formatDelta } from './format';
import { translate } from './messages';

/**
 * What to tell someone who cannot see the number, when an operation of their own has come to its end; null when nothing
 * of theirs did. Changes from elsewhere are not read aloud: a balance that talks all day is worse than a silent one.
 */
export function describeResult(before: CreditsState, after: CreditsState): string | null {
  if (before.account !== after.account) return null;
  const ended = before.pending.find(({ id }) => after.pending.every((operation) => operation.id !== id));
  if (ended !== undefined) return describeEnd(ended, before, after);
  const unknown = after.pending.find(
    ({ id, state }) =>
      state === 'unknown' && before.pending.some((operation) => operation.id === id && operation.state !== 'unknown'),
  );
  return unknown === undefined ? null : translate('checking', { what: nameOf(unknown) });
}

function describeEnd(ended: PendingOperation, before: CreditsState, after: CreditsState): string {
  const { shown } = selectView(after);
  const rest = shown === null ? '' : translate('rest', { amount: formatCredits(shown) });
  const moved = before.confirmed?.balance.available !== after.confirmed?.balance.available;
  return moved || ended.delta === 0
    ? translate('happened', { what: nameOf(ended), change: formatDelta(ended.delta), rest })
    : translate('didNotHappen', { what: nameOf(ended), rest });
}

function nameOf(operation: PendingOperation): string {
  return operation.reason === '' ? translate('name') : operation.reason;
}
