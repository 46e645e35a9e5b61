import { randomUUID } from 'node:crypto';
import { Client } from 'pg';

/**
 * Hears what other processes say, on a connection of its own that is made again when it is lost, and knows whether it may
 * be missing something: what was said while there was no connection is lost, which is why it may only ever be a hint (L-8).
 *
 * Postgres loses no notification on a connection that stands. That this one does is shown once by one that comes back on
 * it, because behind a pooler LISTEN may succeed and hear nothing, and from then on by an empty message that is answered:
 * a connection that died in silence looks like one on which nobody speaks.
 */
export interface ListenerOptions {
  url: string;
  /** Lower-case identifier. */
  channel: string;
  listener: (payload: string) => void;
  /** Says something on the channel, on another connection. */
  say: (payload: string) => Promise<unknown>;
  /** Hears true when nothing is missed from now on, and false when something may be. */
  onHearing: (isHearing: boolean) => void;
  onWarning: (message: string, cause: unknown) => void;
  /** Milliseconds between empty messages. @default 15_000 */
  beatMs?: number;
  /** Milliseconds that the server has for an answer. @default 10_000 */
  patienceMs?: number;
}

/** Milliseconds before a lost connection is made again: doubled up to the maximum, then kept trying. */
const RETRY_DELAY_MS = 250;
const RETRY_DELAY_MS_MAX = 10_000;

/** Begins what shows that this connection hears. No account's id is meant by it. */
const PROOF = 'proof:';

/** Listens until the returned stop is called. */
export function createListener(options: ListenerOptions): () => Promise<void> {
  const { url, channel, listener, say, onHearing, onWarning, beatMs = 15_000, patienceMs = 10_000 } = options;
  let stopped = false;
  let client: Client | null = null;
  let timer: NodeJS.Timeout | undefined;
  let delayMs = RETRY_DELAY_MS;

  async function connect(): Promise<void> {
    const next = new Client({
      connectionString: url,
      keepAlive: true,
      connectionTimeoutMillis: patienceMs,
      query_timeout: patienceMs,
      application_name: 'realtime-credits listener',
    });
    client = next;
    const proof = `${PROOF}${randomUUID()}`;
    let isProven = false;
    next.on('notification', ({ payload = '' }) => {
      if (payload === proof && client === next) {
        isProven = true;
        onHearing(true);
      } else if (!payload.startsWith(PROOF)) listener(payload);
    });
    next.on('error', (error) => {
      onWarning('The connection for hints failed: changes by other processes are noticed later.', error);
    });
    next.on('end', () => {
      if (client === next) retry();
    });

    /** What is not shown yet is tried again; what was is looked after. */
    async function beat(): Promise<void> {
      if (!isProven) await prove();
      await next.query('');
      timer = setTimeout(() => void beat().catch(giveUp), beatMs);
      timer.unref();
    }

    async function prove(): Promise<void> {
      try {
        await say(proof);
      } catch (error) {
        onWarning('Nothing could be said to try the connection for hints: it is tried again.', error);
      }
    }

    async function giveUp(cause: unknown): Promise<void> {
      if (client !== next) return;
      onWarning('The connection for hints does not answer: it is made again.', cause);
      await next.end().catch(() => undefined);
      if (client === next) retry();
    }

    try {
      await next.connect();
      await next.query(`LISTEN ${next.escapeIdentifier(channel)}`);
      delayMs = RETRY_DELAY_MS;
      await beat();
    } catch (error) {
      onWarning('The connection for hints cannot be made: changes by other processes are noticed later.', error);
      await next.end().catch(() => undefined);
      if (client === next) retry();
    }
  }

  function retry(): void {
    client = null;
    clearTimeout(timer);
    if (stopped) return;
    onHearing(false);
    timer = setTimeout(() => {
      opening = connect();
    }, delayMs);
    timer.unref();
    delayMs = Math.min(delayMs * 2, RETRY_DELAY_MS_MAX);
  }

  let opening = connect();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await opening;
    clearTimeout(timer);
    await client?.end().catch(() => undefined);
  };
}
