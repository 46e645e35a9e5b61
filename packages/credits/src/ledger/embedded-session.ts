import { Duplex } from 'node:stream';
import type { PGlite } from '@electric-sql/pglite';

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

/** A failed transaction cannot discard anything, so that it is ended first; outside of one, ending it is a notice. */
const RESET = ['ROLLBACK', 'DISCARD ALL'];

export function createEmbeddedSession(pglite: PGlite): EmbeddedSession {
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

  function execute(message: Uint8Array, onAnswer: (bytes: Buffer) => void, onFailure: (error: Error) => void): void {
    if (closed) return;
    // Synchronous up to its end; the promise only tells of a failure of the machine itself.
    pglite
      .execProtocolRawStream(message, { syncToFs: false, onRawData: (bytes) => onAnswer(Buffer.from(bytes)) })
      .catch(onFailure);
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
            schedule(() => answer(STARTUP_ANSWER));
          } else if (message[0] === TERMINATE) {
            end();
          } else {
            statement.push(message);
            if (ENDS.has(message[0] ?? 0)) flush();
          }
        }
      }

      function flush(): void {
        const whole = Buffer.concat(statement);
        statement = [];
        schedule(() => {
          if (!ended) execute(whole, answer, (error) => stream.destroy(error));
        });
      }

      function answer(bytes: Buffer): void {
        if (!stream.destroyed) stream.push(bytes);
      }

      function end(): void {
        if (ended) return;
        ended = true;
        for (const sql of RESET)
          schedule(() =>
            execute(
              toQuery(sql),
              () => undefined,
              () => undefined,
            ),
          );
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

function toQuery(sql: string): Buffer {
  const text = Buffer.from(`${sql}\0`);
  const head = Buffer.alloc(5);
  head.write('Q');
  head.writeUInt32BE(text.length + 4, 1);
  return Buffer.concat([head, text]);
}
