import { randomUUID } from 'node:crypto';
import { Client, type ClientConfig } from 'pg';
import type { Listening } from './database.ts';

/**
 * Receives notifications on a connection of its own, which it opens again whenever it is lost.
 *
 * Postgres never drops notifications on a live connection, so two things are checked. A self-sent probe verifies that
 * notifications arrive at all: behind a pooler LISTEN may succeed and deliver nothing. A heartbeat verifies that the
 * connection is alive: a dead one looks like a channel on which nobody publishes.
 */
export interface NotificationListenerOptions extends Listening {
  config: ClientConfig;
  /** Publishes on the channel, on another connection. */
  publish: (payload: string) => Promise<unknown>;
  onWarning: (message: string, cause: unknown) => void;
  /** Milliseconds between heartbeats. @default 15_000 */
  heartbeatMs?: number;
  /** Milliseconds that the server has to respond. @default 10_000 */
  timeoutMs?: number;
}

/** Milliseconds before a lost connection is opened again: doubled up to the maximum. */
const RETRY_DELAY_MS = 250;
const RETRY_DELAY_MS_MAX = 10_000;

/** Payloads of probes begin with this. No account id contains a space. */
const PROBE = 'probe ';

export class NotificationListener {
  readonly #options: NotificationListenerOptions;
  readonly #heartbeatMs: number;
  #client: Client | null = null;
  #timer: NodeJS.Timeout | undefined;
  #retryDelayMs = RETRY_DELAY_MS;
  #isStopped = false;
  #isVerified = false;
  #opening: Promise<void>;

  constructor(options: NotificationListenerOptions) {
    this.#options = options;
    this.#heartbeatMs = options.heartbeatMs ?? 15_000;
    this.#opening = this.#open();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#opening;
    clearTimeout(this.#timer);
    await this.#client?.end().catch(() => undefined);
  }

  async #open(): Promise<void> {
    const { config, channel, timeoutMs = 10_000 } = this.#options;
    const client = new Client({
      ...config,
      ...(config.password === undefined ? {} : { password: config.password }),
      pipeline: false,
      keepAlive: true,
      connectionTimeoutMillis: timeoutMs,
      query_timeout: timeoutMs,
      application_name: 'realtime-credits listener',
    });
    this.#client = client;
    this.#isVerified = false;
    const probe = `${PROBE}${randomUUID()}`;
    client.on('notification', ({ payload = '' }) => this.#receive(client, payload, probe));
    client.on('error', (error) => this.#warn('The connection for notifications failed', error));
    client.on('end', () => this.#retry(client));
    try {
      await client.connect();
      await client.query(`LISTEN ${client.escapeIdentifier(channel)}`);
      this.#retryDelayMs = RETRY_DELAY_MS;
      await this.#sendHeartbeat(client, probe);
    } catch (error) {
      this.#warn('The connection for notifications could not be opened', error);
      await this.#abandon(client);
    }
  }

  #receive(client: Client, payload: string, probe: string): void {
    if (!payload.startsWith(PROBE)) this.#options.onNotification(payload);
    else if (payload === probe && client === this.#client && !this.#isVerified) {
      this.#isVerified = true;
      this.#options.onConnected(true);
    }
  }

  /** Sends a heartbeat, and the probe again until it has arrived once. */
  async #sendHeartbeat(client: Client, probe: string): Promise<void> {
    if (!this.#isVerified) {
      await this.#options
        .publish(probe)
        .catch((error: unknown) => this.#warn('The probe for notifications could not be sent', error));
    }
    await client.query('');
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => {
      this.#sendHeartbeat(client, probe).catch((error: unknown) => {
        this.#warn('The connection for notifications does not respond', error);
        return this.#abandon(client);
      });
    }, this.#heartbeatMs);
    this.#timer.unref();
  }

  async #abandon(client: Client): Promise<void> {
    await client.end().catch(() => undefined);
    this.#retry(client);
  }

  #retry(client: Client): void {
    if (client !== this.#client) return;
    this.#client = null;
    clearTimeout(this.#timer);
    if (this.#isStopped) return;
    this.#options.onConnected(false);
    this.#timer = setTimeout(() => {
      this.#opening = this.#open();
    }, this.#retryDelayMs);
    this.#timer.unref();
    this.#retryDelayMs = Math.min(this.#retryDelayMs * 2, RETRY_DELAY_MS_MAX);
  }

  #warn(message: string, cause: unknown): void {
    if (this.#isStopped) return;
    this.#options.onWarning(`${message}: changes by other processes are noticed later.`, cause);
  }
}
