import type { Credits } from 'realtime-credits/contract';
import { invalidField } from '../rules/parse.ts';
import { WEBHOOK_EVENTS, type EventRules, type WebhookEvent } from '../rules/events.ts';

/**
 * What is sent where: to a `url`, signed with `secrets`, or to `onEvent`. Every process that opens the ledger must have the
 * same: one without it tells nothing.
 */
export interface WebhookOptions {
  /** Where events are posted. `https`, unless `isPrivateAllowed`. */
  url?: string;
  /**
   * `whsec_` and 24 to 64 bytes in Base64. Each delivery is signed with all of them: to change a secret, add the new one,
   * let the receiver change, and remove the old one. Required with `url`.
   */
  secrets?: readonly string[];
  /**
   * Receives events in this process, in place of `url` and `secrets`. Like a receiver elsewhere it gets each event at least
   * once, by any of the processes, and those of one account in order. It must keep the ids that it has handled. What rejects,
   * or takes longer than 10 seconds, is repeated.
   */
  onEvent?: (event: ReceivedEvent) => Promise<void>;
  /** Which events to send. What is not listed is not stored. */
  events: readonly WebhookEvent[];
  /**
   * Available credits at which `balance.low` is sent, when they fall to one of them. It is armed again when the account
   * has a tenth more than it, at least one credit. Required for `balance.low`.
   */
  thresholds?: readonly Credits[];
  /** How many days before credits expire `lot.expiring` is sent. Required for `lot.expiring`. */
  expiringDays?: readonly number[];
  /** How many `balance.low` an account may have in one day in UTC: what bounds an automatic top-up. @default 5 */
  lowPerDay?: number;
  /** Days for which the log keeps what was delivered, and what was given up. @default 30 */
  keepDays?: number;
  /** Allows `http`, and addresses that only your own network reaches. Never where users choose the URL. @default false */
  isPrivateAllowed?: boolean;
}

/** An event, for a receiver in the process of the ledger. */
export interface ReceivedEvent {
  /** What other receivers see as `webhook-id`. The same each time the event comes. */
  id: string;
  account: string;
  type: WebhookEvent;
  /** The JSON that other receivers get: `type`, `timestamp` and `data`. */
  body: string;
}

/** Where events go, parsed. */
export interface WebhookTarget {
  readonly url: URL;
  /** The bytes of each secret. */
  readonly secrets: readonly Buffer[];
  readonly isPrivateAllowed: boolean;
}

/** Webhooks, parsed. */
export interface WebhookConfiguration {
  readonly receiver: WebhookTarget | ((event: ReceivedEvent) => Promise<void>);
  readonly rules: EventRules;
  readonly keepMs: number;
}

const DAY_MS = 86_400_000;
const LIST_MAX = 10;

/** Reads the options of a host. @throws {CreditsError} `invalid_request` — naming the option */
export function parseWebhooks(options: WebhookOptions): WebhookConfiguration {
  const { events } = options;
  const types = parseList(events, 'events', WEBHOOK_EVENTS.length, (event) => WEBHOOK_EVENTS.includes(event));
  const needs = (event: WebhookEvent, name: 'thresholds' | 'expiringDays', max: number): number[] => {
    if (types.includes(event)) return parseList(options[name], name, LIST_MAX, (value) => isWhole(value, max));
    if (options[name] === undefined) return [];
    throw invalidField(`webhooks.${name}`, `webhooks.${name} has no effect unless events has ${event}.`);
  };
  return {
    receiver: parseReceiver(options),
    rules: {
      types: new Set(types),
      thresholds: needs('balance.low', 'thresholds', Number.MAX_SAFE_INTEGER / 2).toSorted((a, b) => b - a),
      expiringMs: needs('lot.expiring', 'expiringDays', 366).map((days) => days * DAY_MS),
      lowPerDay: parseCount(options.lowPerDay, 'lowPerDay', 5, 1_000),
    },
    keepMs: parseCount(options.keepDays, 'keepDays', 30, 3_650) * DAY_MS,
  };
}

function parseReceiver(options: WebhookOptions): WebhookConfiguration['receiver'] {
  const { url, secrets, onEvent, isPrivateAllowed = false } = options;
  if (onEvent === undefined) {
    return {
      url: parseUrl(url, isPrivateAllowed),
      secrets: parseList(secrets, 'secrets', LIST_MAX, (secret) => parseSecret(secret) !== null).map(
        (secret) => parseSecret(secret) ?? Buffer.alloc(0),
      ),
      isPrivateAllowed,
    };
  }
  if (typeof onEvent === 'function' && url === undefined && secrets === undefined) return onEvent;
  throw invalidField(
    'webhooks.onEvent',
    'webhooks.onEvent must be a function, without webhooks.url and webhooks.secrets.',
  );
}

function isWhole(value: unknown, max: number): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 1 && Number(value) <= max;
}

function parseCount(value: number | undefined, name: string, standard: number, max: number): number {
  const count = value ?? standard;
  if (isWhole(count, max)) return count;
  throw invalidField(`webhooks.${name}`, `webhooks.${name} must be a whole number from 1 to ${max}.`);
}

function parseList<T>(
  value: readonly T[] | undefined,
  name: string,
  max: number,
  isValid: (each: T) => boolean,
): readonly T[] & T[] {
  const isList =
    Array.isArray(value) && value.length >= 1 && value.length <= max && new Set(value).size === value.length;
  if (isList && value.every(isValid)) return [...value];
  // A secret must not be repeated in a message.
  throw invalidField(
    `webhooks.${name}`,
    `webhooks.${name} must be a list of 1 to ${max} different ${EXPECTED[name] ?? 'values'}.`,
  );
}

const EXPECTED: Readonly<Record<string, string>> = {
  events: `of ${WEBHOOK_EVENTS.join(', ')}`,
  secrets: 'secrets: whsec_ and 24 to 64 bytes in Base64',
  thresholds: 'whole amounts from 1',
  expiringDays: 'whole numbers of days from 1 to 366',
};

function parseSecret(secret: unknown): Buffer | null {
  const match = typeof secret === 'string' ? /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret) : null;
  const bytes = Buffer.from(match?.[1] ?? '', 'base64');
  return bytes.length >= 24 && bytes.length <= 64 ? bytes : null;
}

function parseUrl(value: unknown, isPrivateAllowed: boolean): URL {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : null;
  const protocols = isPrivateAllowed ? ['https:', 'http:'] : ['https:'];
  if (url !== null && protocols.includes(url.protocol) && url.username === '' && url.password === '') return url;
  const wanted = isPrivateAllowed ? 'an http or https' : 'an https';
  throw invalidField('webhooks.url', `webhooks.url must be ${wanted} URL without a user name and a password.`);
}
