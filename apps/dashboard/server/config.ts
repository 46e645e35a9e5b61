import { isAbsolute, resolve } from 'node:path';
import { z } from 'zod';
import type { AdjustmentLimits } from './administration/budget.ts';
import { LIMITS } from './http/rate-limit.ts';
import { LOG_LEVELS, type LogLevel } from './log.ts';
import { SOCIAL_PROVIDERS, type SocialProviders } from './auth/social.ts';
import type { PayoutRules } from './payouts/eligibility.ts';

/**
 * The environment, read once and checked: every other file gets a {@link Config} and never looks at `process.env`.
 */

/** Where the rows live: a data directory of ours, or a Postgres of the operator's. */
export type DatabaseConfig = { kind: 'embedded'; directory: string } | { kind: 'postgres'; url: string };

/** What the operator decided. */
export interface Config {
  production: boolean;
  host: string;
  port: number;
  /** The origin that browsers see, without a trailing slash; null: whatever host the request names. */
  publicUrl: string | null;
  /** Further origins that may send mutations. */
  trustedOrigins: string[];
  /** Whether the last entry of `X-Forwarded-For` is a proxy of ours telling the truth. */
  trustProxy: boolean;
  database: DatabaseConfig;
  /** The schemas of several ledgers, in order; null: one ledger. */
  ledgers: string[] | null;
  /** Where the generated secret and the embedded database are kept. */
  dataDirectory: string;
  /** Signs sessions; null: generated once and kept beside the data. */
  secret: string | null;
  /** Demo users, and the practice route of the examples page. */
  demo: boolean;
  /** The password of all demo users; null: generated once and kept beside the data. */
  demoPassword: string | null;
  /** Whether strangers may reach this: by its own address, a proxy in front of it, or the origin that it is known by. */
  reachable: boolean;
  /** E-mail addresses, in lower case, whose accounts are administrators where they are verified. */
  adminEmails: string[];
  /** The panel that makes servers; null: the built-in simulator. */
  pterodactyl: { url: string; apiKey: string } | null;
  /** How messages are sent; null: they are shown to the operator. */
  mail: { url: string; from: string } | null;
  /** Where people may sign in with an account that they have elsewhere. */
  socialProviders: SocialProviders;
  /** Requests within a minute, pages and reads included; none: no limit. */
  requestLimit: { account?: number; address?: number };
  /** Credits that one administrator may move by themself; above them a second one approves. */
  adjustments: AdjustmentLimits;
  /** What the operator asks of an account before it is paid. */
  payouts: PayoutRules;
  /** Available credits at which people with servers by the hour are told that they run low. */
  lowBalance: number[];
  /** The zone whose midnight starts a new day for the daily bonus. */
  timeZone: string;
  /** The least that is logged. */
  logLevel: LogLevel;
  /** Lets a program read the metrics; null: only programs of this machine may. */
  metricsToken: string | null;
}

/** The configuration cannot be used. The message lists every reason, one sentence each. */
export class ConfigError extends Error {
  constructor(sentences: readonly string[]) {
    super(sentences.join('\n'));
    this.name = 'ConfigError';
  }
}

const flag = z.enum(['1', '0', 'true', 'false', 'on', 'off']).transform((v) => v === '1' || v === 'true' || v === 'on');
const list = z.string().transform((text) => text.split(/[\s,]+/).filter((part) => part !== ''));
/** Names that Postgres has not taken, nor the list of ledgers itself. */
const SCHEMA = /^(?!pg_|information_schema$|credits_ledgers$)[a-z_][a-z0-9_]{0,62}$/;
const schemas = list
  .refine((names) => names.length > 0 && names.every((name) => SCHEMA.test(name)), {
    error: 'must be lower-case names of schemas that are not reserved, such as ledger_a,ledger_b',
    abort: true,
  })
  .refine((names) => new Set(names).size === names.length, 'must not name a schema twice');
const origin = z.string().transform((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && /^https?:$/.test(url.protocol) && url.pathname === '/' && url.search === '') return url.origin;
  context.addIssue('must be an origin such as https://panel.example, without a path');
  return z.NEVER;
});
const smtpUrl = z.string().refine((text) => {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url !== null && /^smtps?:$/.test(url.protocol) && url.hostname !== '';
}, 'must be an address such as smtps://user:password@mail.example.com, with %-escapes in the password');
const mailFrom = z.string().refine((text) => {
  const [, address = text] = /^[^<>"\p{C}]+ <([^<>]+)>$/u.exec(text) ?? [];
  return z.email().safeParse(address).success;
}, 'must be an address such as panel@example.com, or Panel <panel@example.com>');
const timeZone = z.string().refine((zone) => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone }).format(0);
    return true;
  } catch {
    return false;
  }
}, 'is not a time zone of this machine, such as Europe/Berlin');

const count = z.coerce.number().int().min(0).max(1_000_000_000);

const environmentSchema = z.object({
  NODE_ENV: z.string().optional(),
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  PUBLIC_URL: origin.optional(),
  TRUSTED_ORIGINS: list.pipe(z.array(origin)).optional(),
  TRUST_PROXY: flag.default(false),
  DATA_DIR: z.string().min(1).optional(),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must begin with postgres:// or postgresql://')
    .optional(),
  LEDGERS: schemas.optional(),
  BETTER_AUTH_SECRET: z.string().min(32, 'must have at least 32 characters').optional(),
  DEMO: flag.optional(),
  DEMO_PASSWORD: z.string().min(8, 'must have at least 8 characters').optional(),
  ADMIN_EMAILS: list.pipe(z.array(z.email())).optional(),
  PTERODACTYL_URL: z.url({ protocol: /^https?$/ }).optional(),
  PTERODACTYL_API_KEY: z.string().min(1).optional(),
  SMTP_URL: smtpUrl.optional(),
  MAIL_FROM: mailFrom.optional(),
  DISCORD_CLIENT_ID: z.string().optional(),
  DISCORD_CLIENT_SECRET: z.string().optional(),
  GOOGLE_CLIENT_ID: z.string().optional(),
  GOOGLE_CLIENT_SECRET: z.string().optional(),
  GITHUB_CLIENT_ID: z.string().optional(),
  GITHUB_CLIENT_SECRET: z.string().optional(),
  REQUESTS_PER_ACCOUNT: count.default(LIMITS.request.account),
  REQUESTS_PER_ADDRESS: count.optional(),
  ADJUST_MAX: count.default(100_000),
  ADJUST_DAY_MAX: count.default(1_000_000),
  PAYOUT_VERIFIED_EMAIL: flag.optional(),
  PAYOUT_WAIT_HOURS: count.optional(),
  PAYOUT_ACCOUNTS_PER_ADDRESS: count.optional(),
  REFERRAL_LATER_DAY: flag.optional(),
  REFERRALS_PER_DAY: count.default(20),
  LOW_BALANCE: list
    .pipe(
      z
        .array(z.string().transform(Number).pipe(z.int().min(1).max(1_000_000_000)))
        .min(1)
        .max(10),
    )
    .refine((amounts) => new Set(amounts).size === amounts.length, 'must not name an amount twice')
    .default([50]),
  TIME_ZONE: timeZone.default('UTC'),
  LOG_LEVEL: z.enum(LOG_LEVELS).default('info'),
  METRICS_TOKEN: z.string().min(16, 'must have at least 16 characters').optional(),
});

/** Where others can try them, a demo password has to be as long as a generated one would be hard to guess. */
const REACHABLE_DEMO_PASSWORD_LENGTH_MIN = 16;

/**
 * Reads the environment. Empty variables count as absent, as `FOO= npm start` means.
 *
 * @param environment - `process.env`.
 * @param directory - What a relative `DATA_DIR` and its default `.data` are relative to.
 * @throws {ConfigError} when a variable cannot be used, or two conflict.
 */
export function parseConfig(environment: Record<string, string | undefined>, directory: string): Config {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = environmentSchema.safeParse(given);
  if (!parsed.success) {
    throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}.`));
  }
  const env = parsed.data;
  const dataDirectory = resolvePath(directory, env.DATA_DIR ?? '.data');
  const database: DatabaseConfig =
    env.DATABASE_URL === undefined
      ? { kind: 'embedded', directory: resolve(dataDirectory, 'database') }
      : { kind: 'postgres', url: env.DATABASE_URL };
  const reachable = isReachable(env);
  const demo = env.DEMO ?? (database.kind === 'embedded' && !reachable);

  // Credits of a demo, or of a machine that only its owner reaches, are worth nothing: who tries it sees it work at once.
  const isFarmed = reachable && !demo;

  const conflicts: string[] = [];
  if ((env.PTERODACTYL_URL === undefined) !== (env.PTERODACTYL_API_KEY === undefined)) {
    conflicts.push('PTERODACTYL_URL and PTERODACTYL_API_KEY only work together: set both or neither.');
  }
  if ((env.SMTP_URL === undefined) !== (env.MAIL_FROM === undefined)) {
    conflicts.push('SMTP_URL and MAIL_FROM only work together: set both or neither.');
  }
  const socialProviders: SocialProviders = {};
  for (const provider of SOCIAL_PROVIDERS) {
    const name = provider.toUpperCase() as Uppercase<typeof provider>;
    const clientId = env[`${name}_CLIENT_ID`];
    const clientSecret = env[`${name}_CLIENT_SECRET`];
    if (clientId !== undefined && clientSecret !== undefined) socialProviders[provider] = { clientId, clientSecret };
    else if (clientId !== clientSecret) {
      conflicts.push(`${name}_CLIENT_ID and ${name}_CLIENT_SECRET only work together: set both or neither.`);
    }
  }
  // One of the demo users is an administrator. A generated password is kept in a file, which other instances do not read.
  if (demo && reachable && (env.DEMO_PASSWORD ?? '').length < REACHABLE_DEMO_PASSWORD_LENGTH_MIN) {
    conflicts.push(
      `DEMO=1 where others can reach it (by HOST, PUBLIC_URL, TRUSTED_ORIGINS or TRUST_PROXY) needs a DEMO_PASSWORD of at least ${REACHABLE_DEMO_PASSWORD_LENGTH_MIN} characters: one of the demo users is an administrator.`,
    );
  } else if (demo && database.kind === 'postgres' && env.DEMO_PASSWORD === undefined) {
    conflicts.push('DEMO=1 with DATABASE_URL needs a DEMO_PASSWORD, the same for every instance.');
  }
  if (conflicts.length > 0) throw new ConfigError(conflicts);

  return {
    production: env.NODE_ENV === 'production',
    host: env.HOST,
    port: env.PORT,
    publicUrl: env.PUBLIC_URL ?? null,
    trustedOrigins: env.TRUSTED_ORIGINS ?? [],
    trustProxy: env.TRUST_PROXY,
    database,
    ledgers: env.LEDGERS ?? null,
    dataDirectory,
    secret: env.BETTER_AUTH_SECRET ?? null,
    demo,
    demoPassword: env.DEMO_PASSWORD ?? null,
    reachable,
    adminEmails: (env.ADMIN_EMAILS ?? []).map((email) => email.toLowerCase()),
    pterodactyl:
      env.PTERODACTYL_URL !== undefined && env.PTERODACTYL_API_KEY !== undefined
        ? { url: env.PTERODACTYL_URL.replace(/\/+$/, ''), apiKey: env.PTERODACTYL_API_KEY }
        : null,
    mail: env.SMTP_URL !== undefined && env.MAIL_FROM !== undefined ? { url: env.SMTP_URL, from: env.MAIL_FROM } : null,
    socialProviders,
    requestLimit: toRequestLimit(
      env.REQUESTS_PER_ACCOUNT,
      env.REQUESTS_PER_ADDRESS ?? (reachable ? LIMITS.request.address : 0),
    ),
    adjustments: { each: env.ADJUST_MAX, day: env.ADJUST_DAY_MAX },
    payouts: {
      // Where no message can be sent, nobody could verify theirs.
      verifiedEmail: env.PAYOUT_VERIFIED_EMAIL ?? (isFarmed && env.SMTP_URL !== undefined),
      waitHours: env.PAYOUT_WAIT_HOURS ?? (isFarmed ? 24 : 0),
      accountsPerAddress: env.PAYOUT_ACCOUNTS_PER_ADDRESS ?? (isFarmed ? 3 : 0),
      referralLaterDay: env.REFERRAL_LATER_DAY ?? isFarmed,
      referralsPerDay: env.REFERRALS_PER_DAY,
    },
    lowBalance: env.LOW_BALANCE,
    timeZone: env.TIME_ZONE,
    logLevel: env.LOG_LEVEL,
    metricsToken: env.METRICS_TOKEN ?? null,
  };
}

/** 0 is no limit. On this machine alone everybody has the same address: counting it would tell nobody apart. */
function toRequestLimit(account: number, address: number): Config['requestLimit'] {
  return { ...(account === 0 ? {} : { account }), ...(address === 0 ? {} : { address }) };
}

function resolvePath(directory: string, path: string): string {
  return isAbsolute(path) ? path : resolve(directory, path);
}

/** Any sign of others counts: a proxy of the same machine is the usual way to publish a server that listens on loopback. */
function isReachable(env: {
  HOST: string;
  PUBLIC_URL?: string | undefined;
  TRUSTED_ORIGINS?: string[] | undefined;
  TRUST_PROXY: boolean;
}): boolean {
  const origins = [...(env.PUBLIC_URL === undefined ? [] : [env.PUBLIC_URL]), ...(env.TRUSTED_ORIGINS ?? [])];
  return env.TRUST_PROXY || !isLoopback(env.HOST) || origins.some((url) => !isLoopback(new URL(url).hostname));
}

function isLoopback(host: string): boolean {
  return /^(localhost|\[?::1\]?|127(\.\d{1,3}){3})$/.test(host);
}
