/**
 * Commands that carry their id (3): shown at once, sent, sent again under the same id while nobody knows how they ended,
 * and settled for good after half a minute. Owns the attempts; what they do to the number is decided in `state.ts`.
 */
import { CreditsError, isCreditsError, type CreditsErrorCode } from '../contract/error.ts';
import { ACCOUNT_HEADER, CREDITS_ROUTES, IDEMPOTENCY_KEY_HEADER } from '../contract/route.ts';
import { parseSnapshot } from '../contract/snapshot.ts';
import { readAnswer, type Answer } from './answer.ts';
import { backoffMs } from './backoff.ts';
import type { Core } from './core.ts';
import type { Follower } from './follow.ts';
import { assertDelta } from './open-operation.ts';
import { isNetworkError, isWorthRetrying, request, toError, type Reply, type Requester } from './request.ts';
import { close, doubt, end, open, reject, send } from './state.ts';
import { selectShown } from './view.ts';

/** After this the outcome is made definite; on a host without versions, a request is taken to have ended (4.3). */
const UNKNOWN_MS_MAX = 30_000;
/** A command that took effect is asked for its answer no longer than this. */
const ANSWER_MS_MAX = 120_000;
/** An acknowledged operation waits no longer than this behind continuous spending (4.4). */
const CROWDED_MS = 4_000;

export interface Mutation<Result> {
  /** Signed prediction of what the request does to `available`; 0 when unknown. */
  delta: number;
  reason: string;
  /** Sends the request. Called again with the same id when the outcome is unknown. */
  request: (context: { id: string; headers: Record<string, string>; signal: AbortSignal }) => Promise<Response>;
  /** Reads the answer of a request that was accepted. @default response.json() */
  parse?: (response: Response) => Promise<Result>;
}

export interface Mutations {
  mutate<Result>(mutation: Mutation<Result>): Promise<Result>;
  /** Lets waiting commands look again whether it is their turn. */
  heed(): void;
}

export function createMutations(core: Core, follower: Follower, requester: Requester): Mutations {
  const { environment } = requester;
  let waitingSince: number | null = null;
  let turns: (() => void)[] = [];

  function heed(): void {
    const waiting = core.model().operations.some(({ endedAt }) => endedAt !== null);
    if (waiting) waitingSince ??= environment.now();
    else {
      waitingSince = null;
      for (const resolve of turns.splice(0)) resolve();
    }
  }

  /** 4.4: without it, overlapping windows could keep every balance from being shown for as long as someone spends. */
  function isCrowded(): boolean {
    return follower.versioned() === false && waitingSince !== null && environment.now() - waitingSince >= CROWDED_MS;
  }

  async function mutate<Result>(mutation: Mutation<Result>): Promise<Result> {
    assertDelta(mutation.delta, selectShown(core.state()));
    const id = environment.uuid();
    const life = core.life();
    try {
      return await carryOut(mutation, id);
    } finally {
      if (life === core.life()) core.commit(close(core.model(), id));
    }
  }

  async function carryOut<Result>(mutation: Mutation<Result>, id: string): Promise<Result> {
    const { delta, reason, parse } = mutation;
    const life = core.life();
    const isPending = (): boolean => core.model().operations.some((operation) => operation.id === id);
    const queued = isCrowded();
    core.commit(open(core.model(), { id, delta, reason, named: true, queued }));
    if (queued) {
      await new Promise<void>((resolve) => {
        turns.push(resolve);
        environment.setTimer(resolve, CROWDED_MS);
      });
      // S9: what the last user asked for is not sent in the name of the next one.
      if (life !== core.life()) {
        throw new CreditsError(
          'unauthenticated',
          'The session ended before the command was sent, and nothing was moved.',
        );
      }
      core.commit(send(core.model(), id));
    }
    const startedAt = core.model().tick;
    const startedAtMs = environment.now();
    // S9: sent before this page knew whose it is, it may have been charged to whoever was signed in then.
    let isOurs = findSender() !== null;
    let doubted = false;

    for (let attempt = 1; ;) {
      const outcome = await attemptOnce(mutation, id, doubted);
      const { answer, error } = outcome;
      if (life === core.life()) follower.inspect(answer);
      if (error === null) {
        if (life === core.life()) follower.answered(id, answer, startedAt);
        const { body, response } = outcome.reply;
        return parse === undefined ? (body as Result) : await parse(response);
      }
      if (life !== core.life()) throw error;
      // A refused repetition says nothing of an earlier request that is still on its way, and refusals leave no key: what may
      // come later is made impossible before the number goes back.
      const final = outcome.definite && (!doubted || (await settle(id)) !== null);
      if (life !== core.life()) throw error;
      if (final) {
        core.commit(reject(core.model(), id));
        if (answer.snapshot !== undefined) core.take(answer.snapshot, { startedAt, asked: [id] }, 'answer');
        // 4.4: the window has ended, and may have kept a balance from being shown. And a session that is gone shows none.
        else if (follower.versioned() === false || error.code === 'unauthenticated') void follower.askNow();
        throw error;
      }
      doubted = true;
      core.commit(doubt(core.model(), id));
      if (follower.versioned() !== true) {
        environment.setTimer(() => {
          if (life === core.life()) core.commit(end(close(core.model(), id), id));
        }, UNKNOWN_MS_MAX);
        throw error;
      }
      do {
        const elapsedMs = environment.now() - startedAtMs;
        if (isOurs && elapsedMs >= ANSWER_MS_MAX && !isPending()) {
          throw new CreditsError('network', 'The command took effect, but its answer was lost.', { cause: error });
        }
        const isLate = elapsedMs >= UNKNOWN_MS_MAX && isPending();
        const abandoned = isLate || !isOurs ? await settle(id) : null;
        if (life !== core.life()) throw error;
        if (abandoned !== null && abandoned !== 'applied') {
          // No later attempt can take effect here, so none is worth waiting for.
          const message = 'The command never reached the server, and nothing was moved.';
          throw isOurs ? new CreditsError(abandoned, message, { cause: error }) : error;
        }
        isOurs ||= abandoned === 'applied';
        await wait(backoffMs(attempt++, environment.random(), outcome.retryAfterMs));
        if (life !== core.life()) throw error;
      } while (!isOurs);
    }
  }

  /**
   * Makes "not seen" final, so that a late request cannot take effect afterwards. Resolves to the code of that end;
   * `applied` when the command had taken effect, whose answer the next attempt hears; null when the server could not say.
   */
  async function settle(id: string): Promise<CreditsErrorCode | 'applied' | null> {
    const startedAt = core.model().tick;
    const life = core.life();
    try {
      const init = {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ operations: [id] }),
      };
      const url = requester.creditsUrl + CREDITS_ROUTES.resolveOperations;
      const reply = await request(environment, (signal) => requester.send(url, { ...init, signal }));
      if (!reply.response.ok || life !== core.life()) return null;
      const snapshot = parseSnapshot(reply.body);
      if (snapshot.account !== core.model().account) {
        void follower.askNow(); // another user's session by now, whose answer settles nothing of ours (S9)
        return null;
      }
      core.take(snapshot, { startedAt, asked: [id] }, 'answer');
      return snapshot.rejected?.find((rejection) => rejection.id === id)?.code ?? 'applied';
    } catch (cause) {
      // Still unknown: the next attempt, or the next question, may reach the server.
      if (!isNetworkError(cause)) follower.misunderstand(cause, 'answer');
      return null;
    }
  }

  /** S9: in whose name a command is done is the cookie's to say, and that may have been exchanged under this page. */
  function findSender(): string | null {
    return follower.versioned() === true ? core.model().account : null;
  }

  function wait(ms: number): Promise<void> {
    return new Promise((resolve) => void environment.setTimer(resolve, ms));
  }

  async function attemptOnce<Result>(mutation: Mutation<Result>, id: string, doubted: boolean): Promise<Outcome> {
    const headers: Record<string, string> = { ...requester.headers(), [IDEMPOTENCY_KEY_HEADER]: id };
    const sender = findSender();
    if (sender !== null) headers[ACCOUNT_HEADER] = sender;
    let reply: Reply;
    try {
      reply = await request(environment, (signal) => mutation.request({ id, headers, signal }));
    } catch (cause) {
      const error = isCreditsError(cause) ? cause : new CreditsError('network', undefined, { cause });
      return { answer: readAnswer(undefined), error, definite: !error.retryable, retryAfterMs: 0 };
    }
    const { response, body, retryAfterMs } = reply;
    const answer = readAnswer(body);
    if (response.ok && mutation.parse === undefined && isPage(response)) {
      // A page in place of an answer is a portal's or a proxy's: nobody knows whether the command came through.
      const error = new CreditsError('protocol', 'A page was answered where the outcome of a command was expected.');
      return { answer: { ...answer, error }, error, definite: false, retryAfterMs };
    }
    if (response.ok && !answer.refused) return { answer, error: null, reply };
    const { status } = response;
    // Refused at the door says nothing about an earlier attempt that may have come through.
    const atTheDoor = status === 401 || status === 403 || status === 429;
    const definite = doubted ? !atTheDoor && !isWorthRetrying(status) : status === 429 || !isWorthRetrying(status);
    return { answer, error: toError(reply), definite, retryAfterMs };
  }

  return Object.freeze<Mutations>({ mutate, heed });
}

type Outcome = { answer: Answer } & (
  | { error: null; reply: Reply }
  | { error: CreditsError; definite: boolean; retryAfterMs: number }
);

function isPage({ headers }: Response): boolean {
  return headers.get('content-type')?.startsWith('text/html') === true;
}
