import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { AdminApprovalsAnswer, AdminMessagesAnswer } from '../../lib/admin-api.ts';
import type { OwnSessionsAnswer } from '../../lib/api.ts';
import { CLIENT_ADDRESS_HEADER } from '../../server/http/client-address.ts';
import {
  nextAddress,
  openTestDashboard,
  ORIGIN,
  PASSWORD,
  type Person,
  type TestDashboard,
} from './support/dashboard.ts';
import { createPasskey } from './support/authenticator.ts';
import { SPARK } from './support/order.ts';

/**
 * Every route × everybody who could call it. The routes come from the program: one without a row here fails.
 */
interface Row {
  access: 'anyone' | 'user' | 'admin';
  /** What somebody who may call it gets; a built file may be missing. */
  status: number | 'file';
  /** What another user gets, where the path names something of the user's. @default as the user */
  other?: number;
  /** What an administrator gets. @default as other users do */
  administrator?: number;
  /** The path, where the route has parameters. */
  path?: () => string;
  body?: (actor: string) => unknown;
  /** Ends sessions or changes the person: everybody comes with an account of their own. */
  disposable?: true;
}

let dashboard: TestDashboard;
let user: Person;
let other: Person;
let administrator: Person;
let banned: Person;
let expired: Person;
let receiver: Person;
let server = 0;
let approval = 0;
let hold = '';
let transfer = '';
let message = 0;
let session = '';
let passkey = '';
let people = 0;

const PAGES = fileURLToPath(new URL('../../app', import.meta.url));

const CALLBACK = (provider: string) => `/api/auth/callback/${provider}?state=made-up&code=made-up`;

const ROWS: Record<string, Row> = {
  'GET /api/health/live': { access: 'anyone', status: 200 },
  'GET /api/health/ready': { access: 'anyone', status: 200 },
  'GET /api/metrics': { access: 'anyone', status: 404 },
  'POST /api/language': { access: 'anyone', status: 303, path: () => '/api/language?language=de' },
  // Back to the form: it is empty.
  'POST /api/sign-in': { access: 'anyone', status: 303, body: () => ({}) },
  'POST /api/sign-up': { access: 'anyone', status: 303, body: () => ({}) },
  'GET /api/activity': { access: 'user', status: 200 },
  'GET /api/activity/totals': { access: 'user', status: 200 },
  'GET /api/activity/balances': { access: 'user', status: 200 },
  'GET /api/activity/export': { access: 'user', status: 200 },
  'GET /api/activity/:version': { access: 'user', status: 200, path: () => '/api/activity/1' },
  'GET /api/user/me': { access: 'user', status: 200 },
  'POST /api/user/close': {
    access: 'user',
    status: 200,
    administrator: 403,
    body: () => ({ password: PASSWORD }),
    disposable: true,
  },
  'POST /api/user/username': {
    access: 'user',
    status: 200,
    // Some of their words are reserved.
    body: (actor) => ({ username: `renamed_${actor.length}` }),
  },
  'POST /api/user/update-profile': { access: 'user', status: 200, body: () => ({ first_name: 'Some' }) },
  'GET /api/user/sign-in': { access: 'user', status: 200 },
  'DELETE /api/user/sign-in/:provider': { access: 'user', status: 404, path: () => '/api/user/sign-in/discord' },
  'POST /api/user/passkeys/:id': {
    access: 'user',
    status: 200,
    other: 404,
    path: () => `/api/user/passkeys/${passkey}`,
    body: () => ({ name: 'Phone' }),
  },
  'DELETE /api/user/passkeys/:id': {
    access: 'user',
    status: 200,
    other: 404,
    path: () => `/api/user/passkeys/${passkey}`,
  },
  'GET /api/user/sessions': { access: 'user', status: 200 },
  'DELETE /api/user/sessions/:id': {
    access: 'user',
    status: 200,
    other: 404,
    path: () => `/api/user/sessions/${session}`,
  },
  'GET /api/user/daily-login': { access: 'user', status: 200 },
  'POST /api/user/daily-login': { access: 'user', status: 200, body: () => ({ action: 'check' }) },
  'GET /api/servers': { access: 'user', status: 200 },
  'GET /api/servers/catalogue': { access: 'user', status: 200 },
  'POST /api/servers/create': { access: 'user', status: 201, body: () => SPARK },
  'GET /api/servers/:id': { access: 'user', status: 200, other: 404, path: () => `/api/servers/${server}` },
  'POST /api/servers/:id/power': {
    access: 'user',
    status: 200,
    other: 404,
    path: () => `/api/servers/${server}/power`,
    body: () => ({ on: true }),
  },
  'DELETE /api/servers/:id': { access: 'user', status: 200, other: 404, path: () => `/api/servers/${server}` },
  'GET /api/referrals': { access: 'user', status: 200 },
  'POST /api/referrals/claim': { access: 'user', status: 200, body: () => ({ claim_type: 'all' }) },
  'POST /api/transfers': { access: 'user', status: 200, body: () => ({ to_username: 'receiver', amount: 1 }) },
  'POST /api/examples/credits': {
    access: 'user',
    status: 200,
    body: () => ({ effect: 'spend', amount: 1, reason: 'Practice' }),
  },
  'POST /api/codes/redeem': { access: 'user', status: 200, body: () => ({ code: 'ACCESS' }) },
  'GET /api/admin/codes': { access: 'admin', status: 200 },
  'POST /api/admin/codes': { access: 'admin', status: 201, body: () => ({ amount: 1, uses: 1 }) },
  'GET /api/admin/codes/:code': { access: 'admin', status: 200, path: () => '/api/admin/codes/ACCESS' },
  'POST /api/admin/codes/:code': {
    access: 'admin',
    status: 200,
    path: () => '/api/admin/codes/ACCESS',
    body: () => ({ note: 'Looked at' }),
  },
  'GET /api/admin/users': { access: 'admin', status: 200 },
  'GET /api/admin/users/:id/coins': { access: 'admin', status: 200, path: () => `/api/admin/users/${user.id}/coins` },
  'POST /api/admin/users/:id/coins': {
    access: 'admin',
    status: 200,
    path: () => `/api/admin/users/${user.id}/coins`,
    body: () => ({ amount: 5, reason: 'Because' }),
  },
  'GET /api/admin/users/:id/activity': {
    access: 'admin',
    status: 200,
    path: () => `/api/admin/users/${user.id}/activity`,
  },
  'GET /api/admin/users/:id/activity/export': {
    access: 'admin',
    status: 200,
    path: () => `/api/admin/users/${user.id}/activity/export`,
  },
  'GET /api/admin/heads': { access: 'admin', status: 200 },
  'POST /api/admin/holds/:id/void': {
    access: 'admin',
    status: 200,
    path: () => `/api/admin/holds/${hold}/void`,
    body: () => ({ reason: 'Because' }),
  },
  'GET /api/admin/burn': { access: 'admin', status: 200 },
  'GET /api/admin/approvals': { access: 'admin', status: 200 },
  'POST /api/admin/approvals/:id': {
    access: 'admin',
    status: 200,
    path: () => `/api/admin/approvals/${approval}`,
    body: () => ({ approve: true, reason: 'Agreed' }),
  },
  'GET /api/admin/audit': { access: 'admin', status: 200 },
  'POST /api/admin/users/:id/role': {
    access: 'admin',
    status: 200,
    path: () => `/api/admin/users/${banned.id}/role`,
    body: () => ({ role: 'user', reason: 'Because' }),
  },
  'POST /api/admin/users/:id/ban': {
    access: 'admin',
    status: 200,
    path: () => `/api/admin/users/${receiver.id}/ban`,
    body: () => ({ banned: true, reason: 'Because' }),
  },
  'POST /api/admin/users/:id/password': {
    access: 'admin',
    status: 200,
    path: () => `/api/admin/users/${receiver.id}/password`,
    body: () => ({ reason: 'Because' }),
  },
  'POST /api/admin/users/:id/email': {
    access: 'admin',
    status: 200,
    path: () => `/api/admin/users/${receiver.id}/email`,
    body: () => ({ email: 'another@example.test', reason: 'Because' }),
  },
  'POST /api/admin/users/:id/close': {
    access: 'admin',
    status: 200,
    path: () => `/api/admin/users/${receiver.id}/close`,
    body: () => ({ reason: 'Because' }),
  },
  'GET /api/admin/messages': { access: 'admin', status: 200 },
  'POST /api/admin/messages/:id': {
    access: 'admin',
    status: 200,
    path: () => `/api/admin/messages/${message}`,
    body: () => ({}),
  },
  'GET /api/admin/transfers': { access: 'admin', status: 200 },
  'GET /api/admin/transfers/:id': { access: 'admin', status: 200, path: () => `/api/admin/transfers/${transfer}` },
  'GET /api/admin/rewards': { access: 'admin', status: 200 },
  'POST /api/admin/rewards': {
    access: 'admin',
    status: 200,
    body: () => ({ daily: [25, 30, 35, 40, 50, 60, 100], signup: 50, click: 1, version: 0, reason: 'As it was' }),
  },
  'GET /api/admin/health': { access: 'admin', status: 200 },
  'GET /api/admin/deliveries': { access: 'admin', status: 200 },
  'POST /api/admin/deliveries/:id/replay': {
    access: 'admin',
    status: 404,
    path: () => '/api/admin/deliveries/00000000-0000-4000-8000-000000000000/replay',
    body: () => ({}),
  },
  'GET /api/admin/users/:id/time': { access: 'admin', status: 200, path: () => `/api/admin/users/${user.id}/time` },
  'GET /api/admin/trends': { access: 'admin', status: 200 },
  'GET /api/admin/circulation': { access: 'admin', status: 200 },
  'POST /api/admin/verify': { access: 'admin', status: 200, body: () => ({}) },
  'GET /api/admin/provisioning': { access: 'admin', status: 200 },
  'POST /api/admin/provisioning': {
    access: 'admin',
    status: 200,
    body: () => ({ delay_ms: 0, failure: 'none' }),
  },
  'GET /r/:file{[a-z0-9.-]+\\.json}': { access: 'anyone', status: 'file', path: () => '/r/credits.json' },
  'GET /r/:file{realtime-credits-[a-z0-9.-]+\\.tgz}': {
    access: 'anyone',
    status: 'file',
    path: () => '/r/realtime-credits-0.1.0.tgz',
  },
  'GET /r/credits-balance.js': { access: 'anyone', status: 'file' },
  'GET /api/auth/get-session': { access: 'anyone', status: 200 },
  'POST /api/auth/sign-in/social': { access: 'anyone', status: 200, body: () => ({ provider: 'github' }) },
  // Back to the sign-in page: nobody was sent there with this state.
  'GET /api/auth/callback/discord': { access: 'anyone', status: 302, path: () => CALLBACK('discord') },
  'GET /api/auth/callback/google': { access: 'anyone', status: 302, path: () => CALLBACK('google') },
  'GET /api/auth/callback/github': { access: 'anyone', status: 302, path: () => CALLBACK('github') },
  'POST /api/auth/sign-up/email': {
    access: 'anyone',
    status: 200,
    body: (actor) => ({ email: `by-${actor}@example.test`, password: PASSWORD, name: 'New' }),
  },
  'POST /api/auth/sign-in/email': {
    access: 'anyone',
    status: 200,
    body: () => ({ email: user.email, password: PASSWORD }),
  },
  'POST /api/auth/sign-out': { access: 'anyone', status: 200, body: () => ({}), disposable: true },
  'POST /api/auth/change-password': {
    access: 'user',
    status: 200,
    body: () => ({ currentPassword: PASSWORD, newPassword: 'another-long-password' }),
    disposable: true,
  },
  'POST /api/auth/request-password-reset': {
    access: 'anyone',
    status: 200,
    body: (actor) => ({ email: `nobody-${actor}@example.test` }),
  },
  // No link has these tokens.
  'POST /api/auth/reset-password': {
    access: 'anyone',
    status: 400,
    body: () => ({ token: 'made-up', newPassword: 'another-long-password' }),
  },
  'POST /api/auth/verify-email': { access: 'anyone', status: 401, body: () => ({ token: 'made-up' }) },
  'POST /api/auth/send-verification-email': { access: 'user', status: 200, body: () => ({}) },
  'POST /api/auth/change-email': {
    access: 'user',
    status: 200,
    body: (actor) => ({ newEmail: `new-${actor}@example.test`, password: PASSWORD }),
  },
  'POST /api/auth/two-factor/enable': { access: 'user', status: 200, body: () => ({ password: PASSWORD }) },
  'POST /api/auth/two-factor/disable': {
    access: 'user',
    status: 200,
    body: () => ({ password: PASSWORD }),
    disposable: true,
  },
  // They have begun to set it up by the row above: its codes are made, and this one is none.
  'POST /api/auth/two-factor/generate-backup-codes': {
    access: 'user',
    status: 400,
    body: () => ({ password: PASSWORD }),
  },
  'POST /api/auth/two-factor/verify-totp': { access: 'user', status: 401, body: () => ({ code: 'made up' }) },
  'POST /api/auth/two-factor/verify-backup-code': { access: 'user', status: 401, body: () => ({ code: 'made up' }) },
  'POST /api/auth/passkey/generate-register-options': {
    access: 'user',
    status: 200,
    body: () => ({ password: PASSWORD }),
  },
  // Nobody was given a challenge.
  'POST /api/auth/passkey/verify-registration': {
    access: 'user',
    status: 400,
    body: () => ({ name: 'Phone', response: createPasskey().attest('made-up', { origin: ORIGIN, rpId: 'made.up' }) }),
  },
  'POST /api/auth/passkey/generate-authenticate-options': { access: 'anyone', status: 200, body: () => ({}) },
  'POST /api/auth/passkey/verify-authentication': {
    access: 'anyone',
    status: 401,
    body: () => ({ response: createPasskey().assert('made-up', { origin: ORIGIN, rpId: 'made.up' }) }),
  },
  'POST /api/auth/link-social': {
    access: 'user',
    status: 200,
    body: () => ({ provider: 'github', password: PASSWORD }),
  },
  'POST /api/auth/revoke-other-sessions': { access: 'user', status: 200, body: () => ({}), disposable: true },
  'GET /api/credits': { access: 'user', status: 200 },
  'GET /api/credits/history': { access: 'user', status: 200 },
  'GET /api/credits/stream': { access: 'user', status: 200 },
  'GET /api/credits/openapi.json': { access: 'anyone', status: 200 },
  'POST /api/credits/operations/resolve': {
    access: 'user',
    status: 200,
    body: (actor) => ({ operations: [`never-sent-by-${actor}`] }),
  },
};

beforeAll(async () => {
  dashboard = await openTestDashboard({
    environment: {
      DEMO: '1',
      DEMO_PASSWORD: 'only-for-tests',
      GITHUB_CLIENT_ID: 'id',
      GITHUB_CLIENT_SECRET: 'secret',
    },
  });
  user = await dashboard.signUp('somebody');
  other = await dashboard.signUp('otherone');
  administrator = await dashboard.signUp('boss');
  banned = await dashboard.signUp('outcast');
  expired = await dashboard.signUp('sleeper');
  receiver = await dashboard.signUp('receiver');
  await dashboard.promote(administrator);
  for (const person of [user, other, administrator]) await dashboard.grant(person, 500);
  // With its session still in the table: what decides is the ban, not the missing row.
  await dashboard.database.pool.query(`UPDATE "user" SET banned = true WHERE id = $1`, [banned.id]);
  await dashboard.database.pool.query(
    `UPDATE "session" SET "expiresAt" = now() - interval '1 minute' WHERE "userId" = $1`,
    [expired.id],
  );
  for (const person of [banned, expired]) dashboard.sessions.forget(person.id);
  const made = await dashboard.send<{ server_id: number }>('/api/servers/create', { as: user, body: SPARK });
  server = made.body.server_id;
  const granted = (await dashboard.ledger.history(user.id)).entries.find((entry) => entry.transfer !== null);
  transfer = granted?.transfer ?? '';
  const reserved = await dashboard.ledger.hold({
    account: user.id,
    amount: 5,
    expiresAfterMs: 600_000,
    idempotencyKey: 'reserved',
    actor: user.id,
    reason: 'Something that takes a while',
  });
  hold = reserved.hold.id;
  passkey = 'a-passkey';
  await dashboard.database.pool.query(
    `INSERT INTO "passkey" (id, name, "publicKey", "userId", "credentialID", counter, "deviceType", "backedUp")
     VALUES ($1, 'Phone', '', $2, 'a-credential', 0, 'singleDevice', false)`,
    [passkey, user.id],
  );
  const elsewhere = await dashboard.signIn(user.email);
  const ownSessions = await dashboard.send<OwnSessionsAnswer>('/api/user/sessions', { as: elsewhere });
  session = ownSessions.body.data.find(({ current }) => current)?.id ?? '';
  const second = await dashboard.signUp('second');
  await dashboard.promote(second);
  await dashboard.send(`/api/admin/users/${other.id}/coins`, {
    as: second,
    body: { amount: 1_000_000, reason: 'A lot' },
  });
  const waiting = await dashboard.send<AdminApprovalsAnswer>('/api/admin/approvals', { as: second });
  approval = waiting.body.data[0]?.id ?? 0;
  await dashboard.send('/api/admin/codes', { as: second, body: { code: 'ACCESS', amount: 1, uses: 100 } });
  message = await vi.waitFor(async () => {
    const shown = await dashboard.send<AdminMessagesAnswer>('/api/admin/messages', { as: administrator });
    const found = shown.body.data.messages.find(({ to }) => to === user.email);
    if (found === undefined) throw new Error('The message is not kept yet.');
    return found.id;
  });
});
afterAll(() => dashboard.end());

type Actor = keyof typeof ACTORS;

/** Who calls, by the cookie that they send. */
const ACTORS = {
  anonymous: async () => null,
  user: async (row: Row) => (await cast(row, user)).cookie,
  'other user': async (row: Row) => (await cast(row, other)).cookie,
  administrator: async (row: Row) => {
    const person = await cast(row, administrator);
    if (row.disposable === true) await dashboard.promote(person);
    return person.cookie;
  },
  banned: async () => banned.cookie,
  'expired session': async () => expired.cookie,
  'forged cookie': async () => `${user.cookie.slice(0, -8)}AAAAAAAA`,
  'wrong origin': async () => administrator.cookie,
  'planted cookie': async () => `${user.cookie}; ${other.cookie}`,
} satisfies Record<string, (row: Row) => Promise<string | null>>;

async function cast(row: Row, person: Person): Promise<Person> {
  if (row.disposable !== true) return person;
  people += 1;
  return dashboard.signUp(`disposable${people}`);
}

function expectedStatus(row: Row, actor: Actor, method: string): Row['status'] {
  if (actor === 'wrong origin' && method !== 'GET') return 403;
  switch (actor) {
    case 'administrator':
    case 'wrong origin':
      return row.administrator ?? (row.access === 'user' ? (row.other ?? row.status) : row.status);
    case 'user':
      return row.access === 'admin' ? 404 : row.status;
    case 'other user':
      return row.access === 'admin' ? 404 : (row.other ?? row.status);
    default:
      return row.access === 'anyone' ? row.status : 401;
  }
}

async function call(route: string, row: Row, actor: Actor): Promise<Response> {
  const [method = '', path = ''] = route.split(' ');
  const cookie = await ACTORS[actor](row);
  const body = row.body?.(actor.replaceAll(' ', '-'));
  const response = await dashboard.fetch(
    new Request(`${ORIGIN}${row.path?.() ?? path}`, {
      method,
      headers: {
        origin: actor === 'wrong origin' ? 'https://evil.example' : ORIGIN,
        [CLIENT_ADDRESS_HEADER]: nextAddress(),
        ...(cookie === null ? {} : { cookie }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  );
  // An event stream has no end.
  await response.body?.cancel();
  return response;
}

async function listRoutes(): Promise<string[]> {
  const document = await dashboard.send<{ paths: Record<string, object> }>('/api/credits/openapi.json');
  const ofLedger = Object.entries(document.body.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const ofNext = readdirSync(PAGES, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /\broute\.tsx?$/.test(path),
  );
  // Is there once the documentation was built. Static files, as all below it.
  const ofProgram = dashboard.routes.filter((route) => route !== 'GET /docs');
  return [...ofProgram, ...ofLedger, ...ofNext].toSorted();
}

test('every route of the program has a row, and every row a route', async () => {
  expect(await listRoutes()).toEqual(Object.keys(ROWS).toSorted());
});

test.each(Object.entries(ROWS))('%s is decided for everybody who could call it', async (route, row) => {
  const method = route.slice(0, route.indexOf(' '));
  const names = Object.keys(ACTORS) as Actor[];
  // Who may is asked last: the others must not have needed what they then change.
  const actors = names.toSorted((a, b) => Number(mayCall(row, a)) - Number(mayCall(row, b)));
  const outcomes: Partial<Record<Actor, Outcome>> = {};
  for (const actor of actors) outcomes[actor] = await observe(route, row, actor);
  const expected = names.map((actor) => [
    actor,
    { status: expectedStatus(row, actor, method), readableElsewhere: false, private: true, refusedChange: false },
  ]);
  expect(outcomes).toEqual(Object.fromEntries(expected));
});

interface Outcome {
  status: Row['status'];
  /** A page of another origin may read the response. */
  readableElsewhere: boolean;
  /** No cache keeps it, and no browser runs it. */
  private: boolean;
  /** A refused request moved credits. */
  refusedChange: boolean;
}

async function observe(route: string, row: Row, actor: Actor): Promise<Outcome> {
  const before = await readBalances();
  const { status, headers } = await call(route, row, actor);
  const after = await readBalances();
  const isFile = row.status === 'file';
  const isInert = headers.get('content-security-policy')?.includes(`default-src 'none'`) === true;
  return {
    status: isFile && (status === 200 || status === 404) ? 'file' : status,
    readableElsewhere: headers.has('access-control-allow-credentials'),
    private: isFile || (isInert && headers.get('cache-control')?.includes('no-store') === true),
    refusedChange: status >= 400 && before !== after,
  };
}

function mayCall(row: Row, actor: Actor): boolean {
  if (actor === 'administrator') return row.access === 'admin';
  return actor === 'user';
}

async function readBalances(): Promise<string> {
  return JSON.stringify(await Promise.all([user, other, administrator].map(({ id }) => dashboard.ledger.balance(id))));
}
