import { expect, test } from 'vitest';
import { ConfigError, parseConfig } from '../../server/config.ts';

const PARSE = (environment: Record<string, string>) => parseConfig(environment, '/srv/dashboard');

test('without any variable: this machine only, an embedded database beside the program, demo users', () => {
  expect(PARSE({})).toMatchObject({
    host: '127.0.0.1',
    port: 3000,
    publicUrl: null,
    database: { kind: 'embedded', directory: '/srv/dashboard/.data/database' },
    dataDirectory: '/srv/dashboard/.data',
    demo: true,
    pterodactyl: null,
    timeZone: 'UTC',
    lowBalance: [50],
    production: false,
  });
});

test('DATABASE_URL means Postgres, and no demo users unless asked for', () => {
  const url = 'postgres://me@db.example/credits';
  expect(PARSE({ DATABASE_URL: url })).toMatchObject({ database: { kind: 'postgres', url }, demo: false });
  expect(PARSE({ DATABASE_URL: url, DEMO: '1', DEMO_PASSWORD: 'one-of-my-own' }).demo).toBe(true);
  // Several instances would each generate one.
  expect(() => PARSE({ DATABASE_URL: url, DEMO: '1' })).toThrow('DEMO_PASSWORD');
});

test('an empty variable is an absent one', () => {
  expect(PARSE({ PORT: '', DATABASE_URL: '', DEMO: '' })).toMatchObject({ port: 3000, demo: true });
});

test('addresses are written the way that they are compared', () => {
  expect(PARSE({ PUBLIC_URL: 'https://Panel.Example/' }).publicUrl).toBe('https://panel.example');
  expect(PARSE({ TRUSTED_ORIGINS: 'https://a.example, https://b.example' }).trustedOrigins).toEqual([
    'https://a.example',
    'https://b.example',
  ]);
  expect(PARSE({ ADMIN_EMAILS: 'Me@Example.test' }).adminEmails).toEqual(['me@example.test']);
  expect(PARSE({ PTERODACTYL_URL: 'https://panel.example/', PTERODACTYL_API_KEY: 'k' }).pterodactyl).toEqual({
    url: 'https://panel.example',
    apiKey: 'k',
  });
});

test('LOW_BALANCE is one amount or several', () => {
  expect(PARSE({ LOW_BALANCE: '100, 20' }).lowBalance).toEqual([100, 20]);
  for (const wrong of ['0', '1.5', '20,20', 'many']) expect(() => PARSE({ LOW_BALANCE: wrong })).toThrow('LOW_BALANCE');
});

test('LEDGERS are the schemas of several ledgers, in order', () => {
  expect(PARSE({}).ledgers).toBeNull();
  expect(PARSE({ LEDGERS: 'credits' }).ledgers).toEqual(['credits']);
  expect(PARSE({ LEDGERS: 'ledger_b, credits,_2' }).ledgers).toEqual(['ledger_b', 'credits', '_2']);
});

test.each([
  'Credits',
  'a,B',
  'A,A',
  ' ',
  ',',
  'a-b',
  '1a',
  'a'.repeat(64),
  'a,pg_b',
  'information_schema',
  'credits_ledgers',
])('LEDGERS that are no names of schemas are refused with one sentence: %j', (LEDGERS) => {
  expect(() => PARSE({ LEDGERS })).toThrow(
    /^LEDGERS: must be lower-case names of schemas that are not reserved, such as ledger_a,ledger_b\.$/,
  );
});

test('LEDGERS that name a schema twice are refused', () => {
  expect(() => PARSE({ LEDGERS: 'a,b,a' })).toThrow(/^LEDGERS: must not name a schema twice\.$/);
});

test('SMTP_URL and MAIL_FROM are how messages are sent', () => {
  expect(PARSE({}).mail).toBeNull();
  for (const from of ['panel@example.com', 'A Panel <panel@example.com>']) {
    const url = 'smtps://user:p%40ss@mail.example:465';
    expect(PARSE({ SMTP_URL: url, MAIL_FROM: from }).mail).toEqual({ url, from });
  }
});

test('people may sign in with an account elsewhere where both id and secret are set', () => {
  expect(PARSE({}).socialProviders).toEqual({});
  expect(PARSE({ GITHUB_CLIENT_ID: 'id', GITHUB_CLIENT_SECRET: 'secret' }).socialProviders).toEqual({
    github: { clientId: 'id', clientSecret: 'secret' },
  });
});

test.each([
  [{ PORT: 'eighty' }, 'PORT'],
  [{ PORT: '70000' }, 'PORT'],
  [{ PUBLIC_URL: 'panel.example' }, 'PUBLIC_URL'],
  [{ PUBLIC_URL: 'https://panel.example/credits' }, 'PUBLIC_URL'],
  [{ DATABASE_URL: 'mysql://db' }, 'DATABASE_URL'],
  [{ BETTER_AUTH_SECRET: 'short' }, 'BETTER_AUTH_SECRET'],
  [{ TIME_ZONE: 'Mars/Olympus' }, 'TIME_ZONE'],
  [{ DEMO: 'maybe' }, 'DEMO'],
  [{ ADMIN_EMAILS: 'not-an-address' }, 'ADMIN_EMAILS'],
  [{ REQUESTS_PER_ACCOUNT: '-1' }, 'REQUESTS_PER_ACCOUNT'],
  [{ SMTP_URL: 'smtps://mail.example' }, 'MAIL_FROM'],
  [{ MAIL_FROM: 'panel@example.com' }, 'SMTP_URL'],
  [{ SMTP_URL: 'https://mail.example', MAIL_FROM: 'panel@example.com' }, 'SMTP_URL'],
  [{ SMTP_URL: 'smtp://', MAIL_FROM: 'panel@example.com' }, 'SMTP_URL'],
  [{ SMTP_URL: 'smtp://mail.example', MAIL_FROM: 'Panel' }, 'MAIL_FROM'],
  [{ SMTP_URL: 'smtp://mail.example', MAIL_FROM: 'Panel <panel>' }, 'MAIL_FROM'],
  [{ DISCORD_CLIENT_ID: 'id' }, 'DISCORD_CLIENT_SECRET'],
  [{ GITHUB_CLIENT_SECRET: 'secret' }, 'GITHUB_CLIENT_ID'],
  [{ PTERODACTYL_URL: 'https://panel.example' }, 'PTERODACTYL_API_KEY'],
  [{ PTERODACTYL_API_KEY: 'k' }, 'PTERODACTYL_URL'],
])('%j is refused with a sentence that names the variable', (environment, name) => {
  expect(() => PARSE(environment)).toThrow(ConfigError);
  expect(() => PARSE(environment)).toThrow(name);
});

test('C13: requests of an address are limited where others may come, and everywhere where it is asked for', () => {
  expect(PARSE({}).requestLimit).toEqual({ account: 1_200 });
  expect(PARSE({ PUBLIC_URL: 'https://credits.example' }).requestLimit).toEqual({ account: 1_200, address: 3_000 });
  expect(PARSE({ REQUESTS_PER_ADDRESS: '7', REQUESTS_PER_ACCOUNT: '0' }).requestLimit).toEqual({ address: 7 });
});

test('C6: accounts wait before they are paid where others may come, and not in a demo or on this machine alone', () => {
  expect(PARSE({}).payouts).toEqual({
    verifiedEmail: false,
    waitHours: 0,
    accountsPerAddress: 0,
    referralLaterDay: false,
    referralsPerDay: 20,
  });
  expect(PARSE({ PUBLIC_URL: 'https://credits.example' }).payouts).toMatchObject({
    waitHours: 24,
    accountsPerAddress: 3,
    referralLaterDay: true,
  });
  // Where messages are sent, people can verify their address.
  const mail = { SMTP_URL: 'smtp://mail.example', MAIL_FROM: 'panel@example.com' };
  const open = { PUBLIC_URL: 'https://credits.example', ...mail };
  expect(PARSE(open).payouts.verifiedEmail).toBe(true);
  expect(PARSE({ ...open, PAYOUT_VERIFIED_EMAIL: '0' }).payouts.verifiedEmail).toBe(false);
  expect(PARSE(mail).payouts.verifiedEmail).toBe(false);
  const demo = { ...open, DEMO: '1', DEMO_PASSWORD: 'a-long-one-of-my-own' };
  expect(PARSE(demo).payouts).toMatchObject({ waitHours: 0, verifiedEmail: false });
  const chosen = { PUBLIC_URL: 'https://credits.example', PAYOUT_WAIT_HOURS: '0', REFERRAL_LATER_DAY: '0' };
  expect(PARSE({ ...chosen, PAYOUT_VERIFIED_EMAIL: '1' }).payouts).toMatchObject({
    verifiedEmail: true,
    waitHours: 0,
    referralLaterDay: false,
  });
});

test('C9: one administrator alone moves 100,000 credits at once and a million in a day, unless told otherwise', () => {
  expect(PARSE({}).adjustments).toEqual({ each: 100_000, day: 1_000_000 });
  expect(PARSE({ ADJUST_MAX: '5', ADJUST_DAY_MAX: '9' }).adjustments).toEqual({ each: 5, day: 9 });
});

test('every mistake is named at once', () => {
  expect(() => PARSE({ PORT: 'x', TIME_ZONE: 'y' })).toThrow(/PORT[^]*TIME_ZONE/);
});

const REACHABLE: Record<string, string>[] = [
  { HOST: '0.0.0.0' },
  { HOST: '::' },
  { HOST: '192.168.1.20' },
  { HOST: '127.example.com' },
  { HOST: '127.0.0.1', PUBLIC_URL: 'https://credits.example' },
  { PUBLIC_URL: 'http://192.168.1.20:3000' },
  { PUBLIC_URL: 'http://127.0.0.1.nip.io' },
  { TRUST_PROXY: '1' },
  { TRUSTED_ORIGINS: 'https://credits.example' },
];

test.each(REACHABLE)(
  'C1: no demo users unless asked for with a password of their own, where others may come: %j',
  (env) => {
    expect(PARSE(env)).toMatchObject({ demo: false, reachable: true });
    expect(PARSE({ ...env, DEMO_PASSWORD: 'a-long-one-of-my-own' }).demo).toBe(false);
    expect(() => PARSE({ ...env, DEMO: '1' })).toThrow('DEMO_PASSWORD');
    expect(() => PARSE({ ...env, DEMO: '1', DEMO_PASSWORD: 'demo-credits' })).toThrow('DEMO_PASSWORD');
    expect(PARSE({ ...env, DEMO: '1', DEMO_PASSWORD: 'a-long-one-of-my-own' })).toMatchObject({
      demo: true,
      demoPassword: 'a-long-one-of-my-own',
    });
  },
);

test.each<Record<string, string>>([
  {},
  { HOST: 'localhost' },
  { HOST: '::1' },
  { HOST: '127.0.0.2', PUBLIC_URL: 'http://127.0.0.2:3000' },
  { PUBLIC_URL: 'http://[::1]:3000' },
])('C1: on this machine alone demo users have a password that is generated: %j', (env) => {
  expect(PARSE(env)).toMatchObject({ demo: true, demoPassword: null, reachable: false });
});
