import { Duplex } from 'node:stream';
import type { EmbeddedEngine } from './embedded-engine.ts';

/**
 * Lets `pg` clients talk to an embedded Postgres as if over a socket: the bytes of the protocol go in, the bytes of the
 * answer come out, and `pg` parses them itself.
 *
 * Whole statements are passed on, up to the message that ends them, so that an error is followed by exactly one "ready"
 * as on a server. (Passing on each message alone answers some of them twice, and the next statement then gets the rest
 * of the last one's answer.) There is one session behind all clients: a client that ends leaves no transaction and no
 * prepared statement behind.
 */
export interface EmbeddedSession {
  /** Makes the stream of one client. */
  connect(): Duplex;
  /** Passes on nothing more: the database is about to close. */
  close(): void;
}

/** AuthenticationOk, then ReadyForQuery outside of a transaction. */
const STARTUP_ANSWER = Buffer.from('R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I', 'latin1');

/** Messages that end a statement: Sync, Query, and the end or failure of a copy. */
const ENDS = new Set(['S', 'Q', 'c', 'f', 'H'].map((type) => type.charCodeAt(0)));

const TERMINATE = 'X'.charCodeAt(0);

export function createEmbeddedSession(engine: EmbeddedEngine): EmbeddedSession {
  const clients = new Set<Duplex>();
  const waiting: (() => void)[] = [];
  let scheduled = false;
  let closed = false;

  /** One statement for each turn of the event loop: it blocks while it runs, and timers and sockets want their turn. */
  function schedule(work: () => void): void {
    waiting.push(work);
    if (!scheduled) setImmediate(next);
    scheduled = true;
  }

  function next(): void {
    waiting.shift()?.();
    scheduled = waiting.length > 0;
    if (scheduled) setImmediate(next);
  }

  function execute(message: Uint8Array, onAnswer: (bytes: Buffer) => void): void {
    if (closed || !engine.isAlive()) return;
    if (!engine.run(message, onAnswer)) cutAll();
  }

  /** As when a server stops: every client hears it, and comes back. */
  function cutAll(): void {
    waiting.length = 0;
    const cut = Object.assign(new Error('The embedded database stopped.'), { code: 'ECONNRESET' });
    for (const client of clients) client.destroy(cut);
    clients.clear();
  }

  let reviving: Promise<void> | null = null;
  function revive(): Promise<void> {
    reviving ??= engine.revive().finally(() => {
      reviving = null;
    });
    return reviving;
  }

  return Object.freeze({
    close(): void {
      closed = true;
    },
    connect(): Duplex {
      let started = false;
      let ended = false;
      let received: Buffer = Buffer.alloc(0);
      let statement: Buffer[] = [];

      /** Takes whole messages off what was received. */
      function receive(): void {
        for (;;) {
          // The very first message has no type.
          const lengthAt = started ? 1 : 0;
          if (received.length < lengthAt + 4) return;
          const length = lengthAt + received.readUInt32BE(lengthAt);
          if (received.length < length) return;
          const message = received.subarray(0, length);
          received = received.subarray(length);
          if (!started) {
            started = true;
            begin();
          } else if (message[0] === TERMINATE) {
            end();
          } else {
            statement.push(message);
            if (ENDS.has(message[0] ?? 0)) flush();
          }
        }
      }

      function begin(): void {
        if (engine.isAlive()) {
          schedule(() => answer(STARTUP_ANSWER));
          return;
        }
        revive().then(
          () => schedule(() => answer(STARTUP_ANSWER)),
          (cause: unknown) => {
            const message = 'The embedded database does not open again.';
            stream.destroy(Object.assign(new Error(message, { cause }), { code: 'ECONNREFUSED' }));
          },
        );
      }

      function flush(): void {
        const whole = Buffer.concat(statement);
        statement = [];
        schedule(() => {
          if (!ended) execute(whole, answer);
        });
      }

      function answer(bytes: Buffer): void {
        if (!stream.destroyed) stream.push(bytes);
      }

      function end(): void {
        if (ended) return;
        ended = true;
        clients.delete(stream);
        schedule(() => {
          if (!closed && engine.isAlive() && !engine.reset()) cutAll();
        });
      }

      const stream = new Duplex({
        read: () => undefined,
        write(chunk: Buffer, _encoding, done) {
          received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
          receive();
          done();
        },
        final(done) {
          end();
          stream.push(null);
          done();
        },
        destroy(error, done) {
          end();
          done(error);
        },
      });
      clients.add(stream);
      // What `pg` expects of a socket beyond a stream.
      return Object.assign(stream, {
        setNoDelay: () => undefined,
        setKeepAlive: () => undefined,
        ref: () => undefined,
        unref: () => undefined,
        connect: () => setImmediate(() => stream.emit('connect')),
      });
    },
  });
}
