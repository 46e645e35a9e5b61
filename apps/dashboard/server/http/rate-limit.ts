import { normalizeIP } from '@better-auth/core/utils/ip';
import type { Pool } from 'pg';
import { RateLimiterMemory, RateLimiterPostgres, type RateLimiterAbstract } from 'rate-limiter-flexible';
import { CreditsError } from 'realtime-credits';

/** How often something may be done within a minute: by one account, and by one address. Without a number there is no limit. */
export interface Limit {
  account?: number;
  address?: number;
}

/** Each bounds scripts, and is far above what a person does. Addresses have more: families and schools share one. */
export const LIMITS = {
  /** Everything, pages and reads included. The operator may set others. */
  request: { account: 1_200, address: 3_000 },
  claim: { account: 30, address: 120 },
  /** Guessing a generated code takes 10^13 tries of this; an operator's own word is worth a few. */
  redeem: { account: 6, address: 24 },
  serverCreate: { account: 10, address: 40 },
  serverPower: { account: 20, address: 80 },
  transfer: { account: 20, address: 80 },
  profile: { account: 20, address: 80 },
  example: { account: 240, address: 960 },
  signIn: { address: 8 },
  signUp: { address: 8 },
  close: { account: 8, address: 16 },
  changePassword: { account: 8, address: 8 },
  /** By the address that somebody typed, whether or not it has an account. */
  requestReset: { account: 3, address: 8 },
  resetPassword: { address: 8 },
  sendVerification: { account: 3, address: 8 },
  verifyEmail: { address: 16 },
  secondFactor: { account: 16, address: 16 },
  passkey: { account: 16, address: 16 },
  changeEmail: { account: 3, address: 8 },
} as const satisfies Record<string, Limit>;

export type LimitName = keyof typeof LIMITS;

/** Who does something, as far as it is known. */
export interface Caller {
  account?: string;
  address?: string | null;
}

export interface RateLimiter {
  /** Counts one try. @throws {CreditsError} `rate_limited` — with the time after which the next one counts. */
  take(name: LimitName, caller: Caller): Promise<void>;
  /** Deletes counts that are over. */
  sweep(): Promise<void>;
}

/** Where counts are kept: in a table that all instances share, or in the memory of the only one. */
export type LimitStore = { pool: Pool } | 'memory';

const WINDOW_SECONDS = 60;
const TABLE = 'dashboard_rate_limits';

/** @param limits - Replace some of {@link LIMITS}. */
export function createRateLimiter(store: LimitStore, limits: Partial<Record<LimitName, Limit>> = {}): RateLimiter {
  const counters = new Map<string, RateLimiterAbstract>();
  for (const [name, limit] of Object.entries<Limit>({ ...LIMITS, ...limits })) {
    for (const [kind, points] of Object.entries(limit)) {
      const id = `${name}:${kind}`;
      counters.set(id, createCounter(store, { id, points, seconds: WINDOW_SECONDS }));
    }
  }

  async function count(id: string, key: string): Promise<void> {
    const counter = counters.get(id);
    if (counter === undefined) return;
    try {
      await counter.consume(key);
    } catch (refusal) {
      throw toRateLimited(refusal, `That was ${counter.points} times within ${WINDOW_SECONDS} seconds.`);
    }
  }

  return Object.freeze({
    async take(name: LimitName, { account, address }: Caller) {
      if (account !== undefined) await count(`${name}:account`, account);
      if (typeof address === 'string') await count(`${name}:address`, toNetwork(address));
    },
    async sweep() {
      if (store !== 'memory') await store.pool.query(`DELETE FROM ${TABLE} WHERE expire < $1`, [Date.now()]);
    },
  });
}

/** A counter of its own name. Where the database cannot be reached, the instance goes on counting by itself. */
export function createCounter(
  store: LimitStore,
  { id, points, seconds }: { id: string; points: number; seconds: number },
): RateLimiterAbstract {
  const options = { keyPrefix: id, points, duration: seconds };
  const memory = new RateLimiterMemory(options);
  if (store === 'memory') return memory;
  const { pool } = store;
  return new RateLimiterPostgres({
    ...options,
    storeType: 'pool',
    // Statements without names: they pass through poolers that lend a connection for one transaction.
    storeClient: {
      query: ({ text, values }: { text: string; values?: unknown[] }) => pool.query({ text, values: values ?? [] }),
    },
    tableName: TABLE,
    tableCreated: true,
    clearExpiredByTimeout: false,
    // Who is far above a limit costs the database nothing more.
    inMemoryBlockOnConsumed: points + 1,
    insuranceLimiter: memory,
  });
}

/** @param refusal - What a counter rejected with. @returns The error for the wire; anything else as it was. */
export function toRateLimited(refusal: unknown, sentence: string): unknown {
  if (refusal instanceof Error || typeof refusal !== 'object' || refusal === null) return refusal;
  const retryAfterMs = 'msBeforeNext' in refusal ? Math.max(1, Number(refusal.msBeforeNext)) : 1_000;
  return new CreditsError('rate_limited', `${sentence} Try again in ${Math.ceil(retryAfterMs / 1_000)} s.`, {
    details: { retryAfterMs },
  });
}

/** What one subscriber has: an IPv4 address, or the first half of an IPv6 one, in which they choose the rest themselves. */
export function toNetwork(address: string): string {
  return normalizeIP(address, { ipv6Subnet: 64 });
}
