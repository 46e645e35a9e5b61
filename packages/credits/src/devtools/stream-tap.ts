/**
 * Stands in the middle of one event stream and can do to its frames what networks and proxies do: end it, keep frames
 * back, lose one, repeat one, bring one late. Frames are passed on whole, and no fault of this panel is a torn event:
 * those are what the reader's own tests are for.
 */

/** Snapshots that can be brought again, each some 300 bytes. */
const REMEMBERED_MAX = 20;

/** What to do with a frame that has just arrived. */
export type Verdict = 'pass' | 'drop' | 'hold';

export interface StreamTap {
  /** What the reader gets in place of the server's own stream. */
  readonly body: ReadableStream<Uint8Array>;
  /** Ends the stream as a dying connection would. */
  cut(): void;
  /** Lets go of the frames that were held back, in their order. */
  release(): void;
  /**
   * Brings a snapshot again: 0 is the newest that was passed on, 1 the one before it. False when there was none.
   */
  repeat(back: number): boolean;
}

/**
 * @param judge - Asked about each frame as it arrives; `isSnapshot` is false for heartbeats and farewells.
 * @param onEnd - Called once, when either side ended the stream.
 * @param passed - Snapshots that were passed on, newest first; taps that share it can bring those of a connection before.
 */
export function tapStream(
  source: ReadableStream<Uint8Array>,
  { judge, onEnd, passed = [] }: { judge: (isSnapshot: boolean) => Verdict; onEnd: () => void; passed?: string[] },
): StreamTap {
  const reader = source.getReader();
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  let held: string[] = [];
  let ended = false;
  let enqueue: (frame: string) => void = () => undefined;
  let fail: () => void = () => undefined;
  let close: () => void = () => undefined;

  function end(how: () => void): void {
    if (ended) return;
    ended = true;
    how();
    onEnd();
  }

  function pass(frame: string): void {
    if (isSnapshot(frame)) passed.unshift(frame);
    passed.length = Math.min(passed.length, REMEMBERED_MAX);
    enqueue(frame);
  }

  async function pump(): Promise<void> {
    let rest = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (ended) return;
      if (done) return end(close);
      const frames = (rest + decoder.decode(value, { stream: true })).split('\n\n');
      rest = frames.pop() ?? '';
      for (const frame of frames) {
        const verdict = judge(isSnapshot(frame));
        // Behind a frame that is held back, the next ones wait too: a buffer keeps their order.
        if (verdict === 'hold' || (verdict === 'pass' && held.length > 0)) held.push(frame);
        else if (verdict === 'pass') pass(frame);
      }
    }
  }

  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      enqueue = (frame) => controller.enqueue(encoder.encode(`${frame}\n\n`));
      fail = () => controller.error(new TypeError('network error'));
      close = () => controller.close();
      pump().catch(() => end(fail));
    },
    cancel: (reason) => {
      end(() => undefined);
      return reader.cancel(reason);
    },
  });

  return Object.freeze<StreamTap>({
    body,
    cut() {
      end(fail);
      reader.cancel().catch(() => undefined);
    },
    release() {
      const frames = held;
      held = [];
      if (!ended) for (const frame of frames) pass(frame);
    },
    repeat(back) {
      const frame = passed[back];
      if (frame === undefined || ended) return false;
      enqueue(frame);
      return true;
    },
  });
}

function isSnapshot(frame: string): boolean {
  return /^event: ?snapshot$/m.test(frame);
}
