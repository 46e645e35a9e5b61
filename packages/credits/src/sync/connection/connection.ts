/**
 * How updates arrive, as a pure reducer: `reduce(connection, event) → [connection, effects]`. No I/O, no clock, no
 * randomness: each event brings the time, a random number, and what the page looks like.
 *
 * Owns when the balance is requested, whether this tab holds the browser's one event stream, and what the view says
 * about it. What a response does to the number is decided in `number/state.ts`; effects are carried out by `runner.ts`.
 *
 * `state` says which part of the union applies. Requests and the stream run beside each other and beside the page's own
 * state, so their deadlines are plain fields; one timer waits for the earliest of them.
 */
import type { PageEvent } from '../environment.ts';
import { backoffMs } from './backoff.ts';
import type { Connection, ConnectionEvent, Effect, Moment } from './connection-event.ts';
import type { Ending } from './stream.ts';

/** Requests that can wait and come within this time of a request share the next one. */
const COALESCE_MS = 5_000;
/** While a stream brings updates, the balance is still checked this often. */
const SAFETY_POLL_MS = 300_000;
/** A hidden page closes its stream after this. */
const HIDDEN_MS_MAX = 60_000;
/** The first snapshot comes at once; after this, a proxy is buffering. */
const FIRST_FRAME_MS_MAX = 5_000;
/** Heartbeats come every 15 s: two lost ones, and some more. */
const WATCHDOG_MS = 40_000;
/** Connections that end sooner than this did not work. */
const SHORT_MS = 1_000;
/** After that many short ones in a row, polling takes over. */
const SHORT_COUNT_MAX = 3;
/** How long polling takes over before the stream is tried again. */
const FALL_BACK_MS = 300_000;
/** How long a tab that wants to lead waits for objections. Messages take milliseconds; a late one costs a second stream. */
const CLAIM_MS = 50;

type Draft = { -readonly [Key in keyof Connection]: Connection[Key] };

interface Step {
  readonly next: Draft;
  readonly effects: Effect[];
  readonly now: number;
  readonly random: number;
}

/** What an account switch begins with. */
const BLANK = {
  isVersioned: null,
  readAt: -Infinity,
  pollAt: Infinity,
  refreshAt: Infinity,
  failures: 0,
  denials: 0,
  followUps: 0,
  isFollowing: false,
} as const;

export function createConnection(pollIntervalMs: number): Connection {
  return {
    ...BLANK,
    state: 'idle',
    error: null,
    isFinal: false,
    pollIntervalMs,
    tab: null,
    isDisplayed: false,
    isSuspended: false,
    isOnline: true,
    isVisible: true,
    dormantAt: Infinity,
    isReading: false,
    stream: 'closed',
    streamAt: Infinity,
    openedAt: 0,
    streamFailures: 0,
    shortCount: 0,
  };
}

/** Whether this tab holds the stream, or is about to. */
export function isLeading({ stream }: Connection): boolean {
  return stream === 'waiting' || stream === 'opening' || stream === 'open';
}

/** When `reduce` is to be called with a `tick`, in monotonic milliseconds; Infinity for never. */
export function nextDeadline({ pollAt, refreshAt, dormantAt, streamAt }: Connection, now: number): number {
  return Math.min(...[pollAt, refreshAt, dormantAt, streamAt].filter((at) => at > now));
}

export function reduce(connection: Connection, event: ConnectionEvent & Moment): [Connection, Effect[]] {
  const { now, random, isOnline, isVisible } = event;
  const next: Draft = { ...connection, isOnline, isVisible };
  const step: Step = { next, effects: [], now, random };
  apply(step, event);
  settle(step, connection);
  return [next, step.effects];
}

function apply(step: Step, event: ConnectionEvent): void {
  const { next, effects, now } = step;
  switch (event.type) {
    case 'displayed':
      next.isDisplayed = event.isDisplayed;
      if (!event.isDisplayed) break;
      next.tab = event.tab;
      next.isSuspended = false;
      // A tab that was opened in the background may never be looked at.
      next.dormantAt = next.isVisible ? Infinity : now + HIDDEN_MS_MAX;
      refresh(step, true, true);
      break;
    case 'page':
      onPage(step, event.name);
      break;
    case 'refresh':
      refresh(step, event.isSoon, event.isManual);
      break;
    case 'responded':
      next.isReading = false;
      next.isVersioned = event.isVersioned;
      next.error = event.error;
      next.failures = next.denials = 0;
      next.state = 'polling';
      // What one response left undecided is asked about again: at once, then with back-off.
      next.followUps = event.needsFetch ? next.followUps + 1 : 0;
      if (next.followUps === 0) planPoll(step);
      else next.pollAt = next.followUps === 1 ? now : now + backoffMs(next.followUps, step.random);
      break;
    case 'failed':
      onFailure(step, event);
      break;
    case 'unreadable':
      next.error = event.error;
      // Coalesced: a stream of nonsense costs one request every five seconds.
      if (next.isVisible) refresh(step, true);
      break;
    case 'streamed':
      next.streamAt = now + WATCHDOG_MS;
      if (!event.isSnapshot) break;
      next.streamFailures = 0;
      next.error = null;
      next.stream = 'open';
      break;
    case 'ended':
      endStream(step, event.ending);
      break;
    case 'claimed':
      onClaim(step, event.tab, event.isLeader);
      break;
    case 'resigned':
      if (next.stream === 'queued') claim(step);
      break;
    case 'followed':
      if (next.stream === 'open') break;
      next.isFollowing = true;
      // A leader that falls silent costs one poll; one that only seems well is checked now and then.
      if (now - next.readAt > SAFETY_POLL_MS) refresh(step, true);
      else if (next.error === null) planPoll(step);
      break;
    case 'seeded':
      next.isVersioned = true;
      break;
    case 'switched':
      if (next.isReading) effects.push('cancel');
      closeStream(step);
      Object.assign(next, BLANK, { isReading: false, error: event.error, isFinal: event.isFinal });
      next.state = event.account === null ? 'signed-out' : 'connecting';
      if (next.isDisplayed) refresh(step);
      break;
    case 'tick': // `settle` looks at the deadlines
  }
}

/** What follows from any event: deadlines that have passed, and what is no longer, or now, needed. */
function settle(step: Step, before: Connection): void {
  const { next, effects, now } = step;
  const isPresent = next.isDisplayed && !next.isSuspended;
  const wasPresent = before.isDisplayed && !before.isSuspended;
  if (isPresent && !wasPresent) effects.push('join');
  if (!isPresent && wasPresent) {
    next.pollAt = Infinity;
    if (next.isReading) {
      // Cancelled by ourselves: the next display must not wait for the coalescing time of this request.
      next.isReading = false;
      next.readAt = -Infinity;
      effects.push('cancel');
    }
  }
  if (!next.isReading && Math.min(next.pollAt, next.refreshAt) <= now) {
    next.pollAt = next.refreshAt = Infinity;
    next.isReading = true;
    next.isFollowing = false;
    next.readAt = now;
    effects.push('read');
  }

  // The balance first: a stream that was closed opens after the response.
  const canOpen = next.stream !== 'closed' || !next.isReading;
  if (!isActive(next) || !next.isVersioned || next.dormantAt <= now || !canOpen) closeStream(step);
  else if (next.stream === 'closed') claim(step);
  else if (next.streamAt <= now) onStreamDeadline(step);
  // Polls are rare while a stream is open, and frequent again once it is not.
  if ((next.stream === 'open') !== (before.stream === 'open')) planPoll(step);
  if (!isPresent && wasPresent) effects.push('leave');
  next.state = nameState(next);
}

function onPage(step: Step, name: PageEvent): void {
  const { next, now } = step;
  // A page that loads is shown too: only one that had left comes back.
  const isBack = name !== 'pageshow' || next.isSuspended;
  if (name === 'pagehide') next.isSuspended = true;
  else if (next.isVisible && next.isOnline && isBack) {
    next.isSuspended = false;
    next.dormantAt = Infinity;
    refresh(step, false, true);
  } else if (name === 'hidden') next.dormantAt = now + HIDDEN_MS_MAX;
  planPoll(step);
}

function refresh({ next, now }: Step, isSoon = false, isManual = false): void {
  // Signed out by the server, a person may ask whether that has changed.
  if (next.state === 'signed-out' && (!isManual || next.isFinal)) return;
  next.refreshAt = Math.min(next.refreshAt, isSoon ? Math.max(now, next.readAt + COALESCE_MS) : now);
}

function onFailure(step: Step, event: Extract<ConnectionEvent, { type: 'failed' }>): void {
  const { next, effects, now, random } = step;
  const { kind, error, retryAfterMs, hasPending } = event;
  next.isReading = false;
  next.error = error;
  next.pollAt = Infinity;
  if (next.state === 'signed-out') return;
  // The session is checked once more: one response may be that of a server that was just starting.
  if (kind === 'denied' && (next.denials += 1) > 1) effects.push('sign-out');
  else if (kind === 'refused') next.state = 'stopped';
  else if (next.isOnline && (pollDelay(step) < Infinity || hasPending)) {
    next.pollAt = now + backoffMs((next.failures += 1), random, retryAfterMs);
  }
}

/** Somebody can see the balance, and may have it. */
function isActive({ isDisplayed, isSuspended, isOnline, state }: Connection): boolean {
  return isDisplayed && !isSuspended && isOnline && state !== 'stopped' && state !== 'signed-out';
}

/** Milliseconds from one poll to the next; Infinity while there is to be none. */
function pollDelay({ next, random }: Step): number {
  if (!isActive(next) || !next.isVisible) return Infinity;
  if (next.stream === 'open') return SAFETY_POLL_MS;
  // ±10 % where a stream was lost: its tabs must not all poll at the same instant.
  return next.isVersioned ? next.pollIntervalMs * (0.9 + 0.2 * random) : next.pollIntervalMs;
}

function planPoll(step: Step): void {
  step.next.pollAt = step.now + pollDelay(step);
}

/** Announces that this tab wants to lead, and waits for objections. */
function claim(step: Step): void {
  const { next, effects, now } = step;
  if (next.tab === null) return connect(step);
  next.stream = 'claiming';
  next.streamAt = now + CLAIM_MS;
  effects.push('claim');
}

function connect({ next, effects, now }: Step): void {
  next.stream = 'opening';
  next.openedAt = now;
  next.streamAt = now + FIRST_FRAME_MS_MAX;
  effects.push('connect');
}

/** Of two leaders, and of two that want to lead, the smaller name wins; a leader wins over one that wants to. */
function onClaim(step: Step, tab: string, isLeader: boolean): void {
  const { next, effects, now } = step;
  if (next.stream === 'closed' || next.tab === null) return;
  const leads = isLeading(next);
  if (next.stream === 'queued' ? !isLeader : isLeader === leads ? next.tab < tab : leads) {
    if (next.stream !== 'queued') effects.push('claim');
    return;
  }
  if (leads) effects.push('disconnect');
  next.stream = 'queued';
  next.streamAt = now + WATCHDOG_MS;
}

function onStreamDeadline(step: Step): void {
  const { stream } = step.next;
  if (stream === 'queued') claim(step);
  else if (stream === 'opening') endStream(step, { kind: 'unavailable' });
  else if (stream === 'open') endStream(step, { kind: 'lost' });
  else connect(step);
}

function endStream(step: Step, { kind, retryAfterMs }: Ending): void {
  const { next, effects, now, random } = step;
  const wasOpen = next.stream === 'open';
  // Only connections that worked count as short: a server that restarts is back in seconds, not in minutes.
  const isShort = kind === 'lost' && wasOpen && now - next.openedAt < SHORT_MS;
  next.shortCount = isShort ? next.shortCount + 1 : 0;
  const canRetry = (kind === 'lost' || kind === 'later') && next.shortCount < SHORT_COUNT_MAX;
  if (!canRetry) next.shortCount = 0;
  next.stream = 'waiting';
  next.streamAt = now + (canRetry ? backoffMs((next.streamFailures += 1), random, retryAfterMs) : FALL_BACK_MS);
  effects.push('disconnect');
  if (kind === 'denied') refresh(step);
}

function closeStream({ next, effects }: Step): void {
  if (isLeading(next)) effects.push('disconnect', 'resign');
  next.stream = 'closed';
  next.streamAt = Infinity;
}

function nameState(connection: Connection): Connection['state'] {
  const { state, error, stream } = connection;
  if (state === 'signed-out' || state === 'stopped') return state;
  if (!connection.isDisplayed) return 'idle';
  if (!connection.isOnline) return 'offline';
  if (stream === 'open') return 'streaming';
  if (connection.isFollowing) return 'following';
  return connection.isVersioned === null && error === null ? 'connecting' : 'polling';
}
