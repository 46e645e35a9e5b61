import { Duplex } from 'node:stream';
import type { EmbeddedEngine } from './engine.ts';

/**
 * Lets clients of `pg` use an embedded Postgres as if over a socket: the bytes of the protocol go in, those of the response
 * come out, and `pg` parses them.
 *
 * Statements are passed on as a whole, up to the message that ends them. Passing on each message alone would answer some
 * errors twice, and the next statement would receive the rest. All clients share one session, so a client that ends must
 * leave no transaction and no prepared statement.
 */
export class EmbeddedSession {
  readonly #engine: EmbeddedEngine;
  readonly #clients = new Set<ClientStream>();
  readonly #waiting: (() => void)[] = [];
  #isClosed = false;

  constructor(engine: EmbeddedEngine) {
    this.#engine = engine;
  }

  /** Makes the stream of one client. */
  connect(): Duplex {
    const stream = new ClientStream({
      onStart: () => this.#start(stream),
      onStatement: (statement) => this.#schedule(() => this.#run(statement, stream)),
      onEnd: () => this.#end(stream),
    });
    this.#clients.add(stream);
    return stream;
  }

  /** Passes nothing on any more. */
  close(): void {
    this.#isClosed = true;
  }

  #start(stream: ClientStream): void {
    this.#schedule(() => {
      if (this.#engine.isAlive) stream.push(STARTUP_RESPONSE);
      else stream.destroy(toStopped('ECONNREFUSED'));
    });
  }

  #run(statement: Uint8Array, stream: ClientStream): void {
    if (this.#isClosed || stream.isEnded) return;
    const isAlive = this.#engine.run(statement, (bytes) => {
      if (!stream.destroyed) stream.push(bytes);
    });
    if (!isAlive) this.#disconnectAll();
  }

  #end(stream: ClientStream): void {
    this.#clients.delete(stream);
    this.#schedule(() => {
      if (!this.#isClosed && this.#engine.isAlive && !this.#engine.reset()) this.#disconnectAll();
    });
  }

  /** As when a server stops. */
  #disconnectAll(): void {
    for (const stream of this.#clients) stream.destroy(toStopped('ECONNRESET'));
  }

  /** Runs one statement per turn of the event loop: it blocks while it runs, and timers and sockets need their turn. */
  #schedule(work: () => void): void {
    if (this.#waiting.push(work) === 1) setImmediate(this.#next);
  }

  readonly #next = (): void => {
    this.#waiting[0]?.();
    this.#waiting.shift();
    if (this.#waiting.length > 0) setImmediate(this.#next);
  };
}

function toStopped(code: string): Error {
  return Object.assign(new Error('The embedded database stopped.'), { code });
}

/** AuthenticationOk, then ReadyForQuery outside of a transaction. */
const STARTUP_RESPONSE = Buffer.from('R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I', 'latin1');

/** Messages that end a statement: Sync, Query, Flush, and the end or failure of a copy. */
const ENDS = new Set(['S', 'Q', 'H', 'c', 'f'].map((type) => type.charCodeAt(0)));

const TERMINATE = 'X'.charCodeAt(0);

interface ClientEvents {
  onStart: () => void;
  onStatement: (statement: Uint8Array) => void;
  onEnd: () => void;
}

/** One client's end of the connection: cuts what the client sends into statements. */
class ClientStream extends Duplex {
  readonly #events: ClientEvents;
  #received: Buffer = Buffer.alloc(0);
  #statement: Buffer[] = [];
  #isStarted = false;
  isEnded = false;

  constructor(events: ClientEvents) {
    super();
    this.#events = events;
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    for (let message = this.#take(); message !== null; message = this.#take()) this.#receive(message);
    done();
  }

  override _final(done: () => void): void {
    this.#end();
    this.push(null);
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#end();
    done(error);
  }

  /** Takes a whole message off what was received. The first one has no type. */
  #take(): Buffer | null {
    const lengthAt = this.#isStarted ? 1 : 0;
    if (this.#received.length < lengthAt + 4) return null;
    const length = lengthAt + this.#received.readUInt32BE(lengthAt);
    if (this.#received.length < length) return null;
    const message = this.#received.subarray(0, length);
    this.#received = this.#received.subarray(length);
    return message;
  }

  #receive(message: Buffer): void {
    if (!this.#isStarted) {
      this.#isStarted = true;
      this.#events.onStart();
    } else if (message[0] === TERMINATE) {
      this.#end();
    } else {
      this.#statement.push(message);
      if (!ENDS.has(message[0] ?? 0)) return;
      this.#events.onStatement(Buffer.concat(this.#statement));
      this.#statement = [];
    }
  }

  #end(): void {
    if (this.isEnded) return;
    this.isEnded = true;
    this.#events.onEnd();
  }

  // What `pg` expects of a socket beyond a stream.
  connect(): void {
    setImmediate(() => this.emit('connect'));
  }
  setNoDelay(): void {}
  setKeepAlive(): void {}
  ref(): void {}
  unref(): void {}
}
