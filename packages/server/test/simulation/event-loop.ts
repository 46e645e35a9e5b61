/**
 * Lets everything happen that needs no more virtual time, in as few turns of the event loop as it takes. Promises, answers
 * and streams are done within one turn; only `setImmediate`, by which the ledger collects a batch, asks for another one,
 * so those are counted.
 */
export interface EventLoop {
  /** Resolves when nothing is left to do. */
  drain(): Promise<void>;
  /** Gives `setImmediate` back. */
  restore(): void;
}

export function watchEventLoop(): EventLoop {
  const { setImmediate: original } = globalThis;
  let waiting = 0;

  function count(callback: (...args: unknown[]) => void, ...args: unknown[]): NodeJS.Immediate {
    waiting += 1;
    return original(() => {
      waiting -= 1;
      callback(...args);
    });
  }
  globalThis.setImmediate = Object.assign(count, original);

  return Object.freeze<EventLoop>({
    async drain() {
      for (;;) {
        await new Promise<void>((resolve) => void original(resolve));
        if (waiting === 0) return;
      }
    },
    restore() {
      globalThis.setImmediate = original;
    },
  });
}
