import { Client } from 'pg';

export interface ListenerOptions {
  url: string;
  /** Lower-case identifier. */
  channel: string;
  listener: (payload: string) => void;
  onWarning: (message: string, cause: unknown) => void;
}

/** Milliseconds before a lost connection is made again: doubled up to the maximum, then kept trying. */
const RETRY_DELAY_MS = 250;
const RETRY_DELAY_MS_MAX = 10_000;

/**
 * Listens on a connection of its own, and makes it again when it is lost. What was said in between is lost too, which is
 * why it may only ever be a hint (L-8). Returns the stop.
 */
export function createListener({ url, channel, listener, onWarning }: ListenerOptions): () => Promise<void> {
  let stopped = false;
  let client: Client | null = null;
  let timer: NodeJS.Timeout | undefined;
  let delayMs = RETRY_DELAY_MS;

  async function connect(): Promise<void> {
    const next = new Client({ connectionString: url, keepAlive: true, application_name: 'realtime-credits listener' });
    client = next;
    next.on('notification', ({ payload }) => listener(payload ?? ''));
    next.on('error', (error) => {
      onWarning('The connection for hints failed: changes by other processes are noticed later.', error);
    });
    next.on('end', () => {
      if (client === next) retry();
    });
    try {
      await next.connect();
      await next.query(`LISTEN ${next.escapeIdentifier(channel)}`);
      delayMs = RETRY_DELAY_MS;
    } catch (error) {
      onWarning('The connection for hints cannot be made: changes by other processes are noticed later.', error);
      await next.end().catch(() => undefined);
      if (client === next) retry();
    }
  }

  function retry(): void {
    client = null;
    if (stopped) return;
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
