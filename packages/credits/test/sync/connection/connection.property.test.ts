import { array, assert, boolean, constant, constantFrom, integer, oneof, property, record } from 'fast-check';
import { expect, test } from 'vitest';
import { CreditsError } from '../../../src/contract/error.ts';
import type { Connection, ConnectionEvent, Effect } from '../../../src/sync/connection/connection-event.ts';
import { createConnection, isLeading, nextDeadline, reduce } from '../../../src/sync/connection/connection.ts';

const error = new CreditsError('unavailable');

const event = oneof(
  record({ type: constant('displayed' as const), isDisplayed: boolean(), tab: constantFrom('b', null) }),
  record({
    type: constant('page' as const),
    name: constantFrom('online', 'offline', 'visible', 'hidden', 'pageshow', 'pagehide'),
  }),
  record({ type: constant('refresh' as const), isSoon: boolean(), isManual: boolean() }),
  record({
    type: constant('responded' as const),
    isVersioned: boolean(),
    needsFetch: boolean(),
    error: constant(null),
  }),
  record({
    type: constant('failed' as const),
    kind: constantFrom('denied', 'refused', 'failed'),
    error: constant(error),
    retryAfterMs: integer({ min: 0, max: 60_000 }),
    hasPending: boolean(),
  }),
  record({ type: constant('unreadable' as const), error: constant(error) }),
  record({ type: constant('streamed' as const), isSnapshot: boolean() }),
  record({
    type: constant('ended' as const),
    ending: record({ kind: constantFrom('lost', 'later', 'unavailable', 'denied') }),
  }),
  record({ type: constant('claimed' as const), tab: constantFrom('a', 'c'), isLeader: boolean() }),
  record({ type: constantFrom('resigned' as const, 'followed' as const, 'tick' as const) }),
  record({
    type: constant('switched' as const),
    account: constantFrom('ada', null),
    error: constant(null),
    isFinal: boolean(),
  }),
);

/** Which events can happen at all: a request ends only while there is one, and a stream only while it is connected. */
function isPossible({ type }: ConnectionEvent, { isReading, stream }: Connection): boolean {
  if (type === 'responded' || type === 'failed') return isReading;
  return (type !== 'streamed' && type !== 'ended') || stream === 'opening' || stream === 'open';
}

test('whatever happens: one request at a time, one stream at a time, none where nobody looks, and the reducer is pure', () => {
  assert(
    property(
      array(record({ event, afterMs: integer({ min: 0, max: 70_000 }), isOnline: boolean(), isVisible: boolean() }), {
        maxLength: 60,
      }),
      (steps) => {
        let connection = createConnection(30_000);
        let now = 1_000;
        let isReading = false;
        let isConnected = false;
        const perform = (effect: Effect): void => {
          expect(effect === 'read' && isReading).toBe(false);
          expect(effect === 'connect' && isConnected).toBe(false);
          if (effect === 'read' || effect === 'cancel') isReading = effect === 'read';
          if (effect === 'connect' || effect === 'disconnect') isConnected = effect === 'connect';
        };
        for (const { event: happened, afterMs, isOnline, isVisible } of steps) {
          now += afterMs;
          const next = happened as ConnectionEvent;
          if (!isPossible(next, connection)) continue;
          if (next.type === 'responded' || next.type === 'failed') isReading = false;
          const frozen = Object.freeze({ ...connection });
          const moment = { now, random: 0.5, isOnline, isVisible };
          const [after, effects] = reduce(frozen, { ...next, ...moment });
          expect(reduce(frozen, { ...next, ...moment })).toEqual([after, effects]);
          connection = after;
          for (const effect of effects) perform(effect);
          expect(connection.isReading).toBe(isReading);
          const hasStream = connection.stream === 'opening' || connection.stream === 'open';
          expect(hasStream).toBe(isConnected);
          const mayStream = connection.isDisplayed && !connection.isSuspended && isOnline;
          expect((!mayStream || connection.state === 'signed-out') && isLeading(connection)).toBe(false);
          expect(nextDeadline(connection, now)).toBeGreaterThan(now);
        }
      },
    ),
    { numRuns: 1_000 },
  );
});
