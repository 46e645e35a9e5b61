import { CreditsError } from 'realtime-credits/contract';
import { invalidField, parseUserAccount } from '../rules/parse.ts';

/** The outbox as deliveries use it. Instants are milliseconds since 1970. */
export interface Outbox {
  /** Takes the oldest pending event of accounts, as far as they are due and nobody else has them. */
  claim(options: { nowMs: number; untilMs: number; limit: number }): Promise<ClaimedEvent[]>;
  /** Says what a claimed event came to. Has no effect once another process has claimed it. */
  settle(event: ClaimedEvent, result: { state: DeliveryState; atMs: number; error: string | null }): Promise<void>;
  /** When the next pending event is due; null when there is none. */
  readNext(): Promise<number | null>;
  /** Removes what was delivered or given up before an instant. */
  prune(beforeMs: number): Promise<void>;
  list(query: DeliveriesQuery): Promise<Delivery[]>;
  /** Makes an event pending, whatever it is. Returns false when there is no such event. */
  replay(id: string, nowMs: number): Promise<boolean>;
}

/** An event that this process is to send. */
export interface ClaimedEvent {
  readonly position: string;
  readonly id: string;
  readonly account: string;
  readonly type: string;
  readonly body: string;
  readonly attempts: number;
  readonly firstAtMs: number;
}

/** `pending`: to be sent, or to be sent again. `failed`: given up after a day. */
export type DeliveryState = 'pending' | 'delivered' | 'failed';

export interface DeliveriesQuery {
  state: DeliveryState | null;
  account: string | null;
  before: string | null;
  limit: number;
}

/** An event in the delivery log. */
export interface Delivery {
  /** What receivers see as `webhook-id`. The same in each delivery of the event. */
  id: string;
  account: string;
  type: string;
  state: DeliveryState;
  attempts: number;
  /** Why the last attempt failed; null after a success, and before the first attempt. */
  error: string | null;
  /** ISO instant of the next attempt while pending, and of the last one afterwards. */
  at: string;
  /** ISO instant. */
  createdAt: string;
  /** The JSON that is sent. */
  body: string;
}

/** Which deliveries to list. */
export interface DeliveryListOptions {
  /** @default all */
  state?: DeliveryState;
  /** @default all */
  account?: string;
  /** The id of a delivery: only those that are older. */
  before?: string;
  /** 1 to 100. @default 25 */
  limit?: number;
}

/** The delivery log of webhooks. */
export interface WebhookLog {
  /** Events, the newest first. */
  list(options?: DeliveryListOptions): Promise<{ deliveries: Delivery[]; next: string | null }>;
  /**
   * Sends an event once more, with its id and its body, for up to a day. It comes before later events of its account that
   * are still pending.
   *
   * @throws {CreditsError} `not_found` — there is no such event, or it was removed
   */
  replay(id: string): Promise<void>;
}

const STATES: readonly DeliveryState[] = ['pending', 'delivered', 'failed'];
const LIMIT = 25;
const LIMIT_MAX = 100;

/** @param outbox - Undefined where the storage has none. */
export function createWebhookLog(
  outbox: Outbox | undefined,
  {
    read,
    nowMs,
    onReplay,
  }: {
    read: <Result>(work: () => Promise<Result>) => Promise<Result>;
    nowMs: () => number;
    onReplay: () => void;
  },
): WebhookLog {
  const open = (): Outbox => {
    if (outbox !== undefined) return outbox;
    throw new CreditsError('invalid_request', 'This storage has no outbox.');
  };
  return Object.freeze<WebhookLog>({
    async list(options = {}) {
      const query = parseList(options);
      const deliveries = await read(() => open().list(query));
      return { deliveries, next: deliveries.length < query.limit ? null : (deliveries.at(-1)?.id ?? null) };
    },
    async replay(id) {
      const event = parseId(id, 'id');
      const isFound = await read(() => open().replay(event, nowMs()));
      if (!isFound) throw new CreditsError('not_found', `There is no event ${event} in the delivery log.`);
      onReplay();
    },
  });
}

function parseList({ state, account, before, limit = LIMIT }: DeliveryListOptions): DeliveriesQuery {
  if (state !== undefined && !STATES.includes(state)) {
    throw invalidField('state', `state must be one of ${STATES.join(', ')}.`);
  }
  if (!Number.isInteger(limit) || limit < 1 || limit > LIMIT_MAX) {
    throw invalidField('limit', `limit must be 1 to ${LIMIT_MAX}.`);
  }
  return {
    state: state ?? null,
    account: account === undefined ? null : parseUserAccount(account),
    before: before === undefined ? null : parseId(before, 'before'),
    limit,
  };
}

function parseId(value: unknown, name: string): string {
  if (typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value)) return value;
  throw invalidField(name, `${name} must be the id of an event.`);
}
