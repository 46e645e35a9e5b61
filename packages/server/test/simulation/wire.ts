/**
 * Answers as they come out of a tab's `fetch`: no more of them than the follower looks at, because a million schedules
 * read a hundred million of them. What they carry was made by the handler's own answers.
 */
import type { Browser, Tab } from '../../../credits/test/support/browser.ts';

/** `left`: the reader went. `reset`: both ends notice. `silent`: neither does. */
export type StreamEnd = 'left' | 'reset' | 'silent';

export function createAnswer(status: number, type: string, text: string, retryAfter: string | null = null): Response {
  const answer = {
    status,
    ok: status >= 200 && status < 300,
    body: null,
    headers: { get: (name: string) => (name === 'content-type' ? type : name === 'retry-after' ? retryAfter : null) },
    text: () => Promise.resolve(text),
    json: async () => JSON.parse(text) as unknown,
    clone: () => answer,
  };
  return answer as unknown as Response;
}

export interface StreamOptions {
  browser: Browser;
  tab: Tab;
  slowMs: number;
  buffering: boolean;
  travel: () => number;
  /** Where to cut a frame in two, from 0 up to 1; null for not at all. */
  split: () => number | null;
  abortServer: () => void;
}

interface Piece {
  value?: Uint8Array;
  error?: Error;
}

/** Carries a stream to a tab, in order, each piece after its own time on the way. */
export function createStreamAnswer(body: ReadableStream<Uint8Array>, options: StreamOptions) {
  const { browser, tab, slowMs, buffering, travel, split, abortServer } = options;
  const reader = body.getReader();
  const arrived: Piece[] = [];
  let waiting: (() => void) | null = null;
  let lastAt = 0;
  let kept: Uint8Array[] = [];
  let ended = false;

  function deliver(piece: Piece): void {
    // One connection keeps its order, however long a piece takes.
    lastAt = Math.max(lastAt + 1, browser.now + travel());
    browser.setTimer(() => {
      arrived.push(piece);
      waiting?.();
    }, lastAt - browser.now);
  }

  function forward(value: Uint8Array): void {
    const at = split();
    const middle = at === null ? 0 : Math.floor(at * value.length);
    if (middle > 0) deliver({ value: value.subarray(0, middle) });
    deliver({ value: value.subarray(middle) });
  }

  async function pump(): Promise<void> {
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (ended) return;
        if (done) break;
        if (buffering) kept.push(value);
        else forward(value);
        if (slowMs > 0) await browser.delay(slowMs);
      }
      for (const value of kept) forward(value);
      kept = [];
      deliver({});
    } catch (error) {
      if (!ended) deliver({ error: error as Error });
    }
  }
  void pump();

  async function read(): Promise<{ done: boolean; value?: Uint8Array }> {
    while (arrived.length === 0) await new Promise<void>((resolve) => (waiting = resolve));
    await tab.whenThawed();
    const piece = arrived.shift();
    if (piece?.error !== undefined) throw piece.error;
    return piece?.value === undefined ? { done: true } : { done: false, value: piece.value };
  }

  return {
    response: {
      status: 200,
      ok: true,
      headers: { get: (name: string) => (name === 'content-type' ? 'text/event-stream; charset=utf-8' : null) },
      body: { getReader: () => ({ read, cancel: async () => undefined }) },
    } as unknown as Response,
    end(how: StreamEnd): void {
      if (ended) return;
      ended = true;
      // A silent one keeps its server writing until the reader is found to take nothing.
      if (how === 'reset') {
        deliver({ error: new TypeError('Connection reset') });
        abortServer();
      } else if (how === 'left') {
        arrived.length = 0;
        arrived.push({ error: new DOMException('Aborted', 'AbortError') });
        waiting?.();
      }
    },
  };
}
