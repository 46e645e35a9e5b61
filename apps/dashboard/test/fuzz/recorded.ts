import type { Actor } from './wire.ts';

/** A well-formed request, before it is damaged. Its words are filled in when it is sent. */
export interface Sketch {
  as: Actor;
  method: string;
  target: string;
  headers: readonly (readonly [name: string, value: string])[];
  /** One character per byte (`latin1`); null for none. */
  body: string | null;
  /** What the body was written from; mutations of single values write it again. */
  json?: unknown;
}

const SERVER = { name: 'Harbour', server_type_id: 'minecraft', server_software_id: 'paper', location_id: 'fsn' };
const EXAMPLE = { effect: 'spend', amount: 3, reason: 'Practice', refuse: false, delay_ms: 0 };
const reason = 'Because of a test';
const password = 'not-the-password-of-anybody';
const CREDENTIAL = { id: 'AAAA', rawId: 'AAAA', type: 'public-key', clientExtensionResults: {} };

/** One request of each route as its page sends it: `[who, method and path, body]`. */
const RECORDED: readonly (readonly [as: Actor, route: string, json?: unknown])[] = [
  ['nobody', 'GET /api/health/live'],
  ['nobody', 'GET /api/health/ready'],
  ['nobody', 'GET /api/metrics'],
  ['nobody', 'POST /api/language?language=de&next=%2Fsettings'],
  ['nobody', 'POST /api/sign-in', {}],
  ['nobody', 'POST /api/sign-up', {}],
  ['player', 'GET /api/activity?way=in&type=transfer&q=map&min=1&max=500&from=2026-01-01&to=2026-12-31&tz=UTC&limit=5'],
  ['player', 'GET /api/activity?before=20&limit=5'],
  ['player', 'GET /api/activity/totals?way=out&tz=Europe%2FBerlin'],
  ['player', 'GET /api/activity/balances?from=2026-11-01T00:00:00Z'],
  ['player', 'GET /api/activity/export?q=map'],
  ['player', 'GET /api/activity/1'],
  ['player', 'GET /api/user/me'],
  ['victim', 'POST /api/user/close', { password }],
  ['player', 'POST /api/user/update-profile', { display_name: 'Mara Quill', first_name: 'Mara', last_name: 'Quill' }],
  ['victim', 'POST /api/user/username', { username: 'Victor.Quill_7' }],
  ['player', 'POST /api/user/username', { username: 'mara2' }],
  ['player', 'POST /api/user/update-profile', { balance_messages: true }],
  ['player', 'GET /api/user/daily-login'],
  ['player', 'POST /api/user/daily-login', { action: 'claim' }],
  ['player', 'POST /api/user/daily-login', { action: 'history', limit: 5, offset: 0 }],
  ['player', 'GET /api/servers'],
  ['player', 'GET /api/servers/catalogue'],
  ['friend', 'POST /api/servers/create', { ...SERVER, plan_id: 'spark' }],
  ['player', 'GET /api/servers/1'],
  ['player', 'POST /api/servers/1/power', { on: true }],
  ['friend', 'DELETE /api/servers/3'],
  ['friend', 'GET /api/referrals'],
  ['friend', 'POST /api/referrals/claim', { claim_type: 'all' }],
  ['player', 'POST /api/transfers', { to_username: 'jonas', amount: 2, note: 'for the map' }],
  ['friend', 'POST /api/transfers', { to_username: 'mara', amount: 2 }],
  ['player', 'POST /api/codes/redeem', { code: 'SUMMER26' }],
  ['player', 'POST /api/examples/credits', EXAMPLE],
  ['friend', 'POST /api/examples/credits', { ...EXAMPLE, effect: 'grant' }],
  ['victim', 'POST /api/examples/credits', { ...EXAMPLE, effect: 'set' }],
  ['admin', 'GET /api/admin/users?query=a&limit=5&offset=0'],
  ['admin', 'GET /api/admin/users/{victim}/coins?before=9&limit=5'],
  ['admin', 'POST /api/admin/users/{victim}/coins', { amount: 5, reason }],
  ['admin', 'POST /api/admin/users/{victim}/coins', { balance: 50, expected_version: 1, reason }],
  ['admin', 'POST /api/admin/users/{victim}/coins', { reverse: '1', reason }],
  ['admin', 'GET /api/admin/users/{victim}/activity?way=in&limit=5'],
  ['admin', 'GET /api/admin/users/{victim}/activity/export?way=in'],
  ['admin', 'POST /api/admin/holds/00000000-0000-4000-8000-000000000000/void', { reason }],
  ['admin', 'GET /api/admin/approvals'],
  ['admin', 'POST /api/admin/approvals/1', { approve: true, reason }],
  ['admin', 'GET /api/admin/audit?before=9&limit=5'],
  ['admin', 'POST /api/admin/users/{victim}/role', { role: 'user', reason }],
  ['admin', 'POST /api/admin/users/{victim}/ban', { banned: true, reason }],
  ['admin', 'POST /api/admin/users/{victim}/password', { reason }],
  ['admin', 'POST /api/admin/users/{victim}/email', { email: 'another@example.test', reason }],
  ['admin', 'POST /api/admin/users/{victim}/close', { reason }],
  ['admin', 'GET /api/admin/codes?before=9&limit=5'],
  [
    'admin',
    'POST /api/admin/codes',
    { code: 'SUMMER26', amount: 5, uses: 9, ends_at: '2027-01-01T00:00:00Z', note: reason },
  ],
  ['admin', 'GET /api/admin/codes/SUMMER26'],
  ['admin', 'POST /api/admin/codes/SUMMER26', { uses: 8, stopped: false, reason }],
  [
    'admin',
    'GET /api/admin/transfers?user=mara&q=map&type=sent&min=1&max=9&from=2026-01-01&to=2026-12-31&tz=UTC&limit=5',
  ],
  ['admin', 'GET /api/admin/transfers?before=1700000000000.66.2&limit=5'],
  ['admin', 'GET /api/admin/transfers/tr_2s_1'],
  ['admin', 'GET /api/admin/rewards'],
  [
    'admin',
    'POST /api/admin/rewards',
    { daily: [25, 30, 35, 40, 50, 60, 100], signup: 50, click: 1, version: 0, reason },
  ],
  ['admin', 'GET /api/admin/health'],
  ['admin', 'GET /api/admin/deliveries?state=failed&before=00000000-0000-4000-8000-000000000000&limit=5'],
  ['admin', 'POST /api/admin/deliveries/00000000-0000-4000-8000-000000000000/replay', {}],
  ['admin', 'GET /api/admin/users/{victim}/time'],
  ['admin', 'GET /api/admin/circulation'],
  ['admin', 'GET /api/admin/trends?days=30'],
  ['admin', 'GET /api/admin/heads'],
  ['admin', 'GET /api/admin/burn'],
  ['admin', 'POST /api/admin/verify', {}],
  ['admin', 'GET /api/admin/provisioning'],
  ['admin', 'POST /api/admin/provisioning', { delay_ms: 0, failure: 'none' }],
  ['nobody', 'GET /r/credits.json'],
  ['nobody', 'GET /r/realtime-credits-0.1.0.tgz'],
  ['nobody', 'GET /r/credits-balance.js'],
  ['player', 'GET /api/auth/get-session'],
  ['player', 'GET /api/user/sign-in'],
  ['victim', 'DELETE /api/user/sign-in/discord'],
  ['player', 'GET /api/user/sessions'],
  ['victim', 'DELETE /api/user/sessions/some-session'],
  ['victim', 'POST /api/user/passkeys/some-passkey', { name: 'Phone' }],
  ['victim', 'DELETE /api/user/passkeys/some-passkey'],
  ['admin', 'GET /api/admin/messages?limit=5'],
  ['admin', 'POST /api/admin/messages/1', {}],
  ['nobody', 'POST /api/auth/sign-in/social', { provider: 'github' }],
  ['nobody', 'GET /api/auth/callback/discord?state=made-up&code=made-up'],
  ['nobody', 'GET /api/auth/callback/google?state=made-up&code=made-up'],
  ['nobody', 'GET /api/auth/callback/github?error=access_denied&state=made-up'],
  ['nobody', 'POST /api/auth/request-password-reset', { email: 'somebody@example.test' }],
  ['nobody', 'POST /api/auth/reset-password', { token: 'made-up', newPassword: password }],
  ['nobody', 'POST /api/auth/verify-email', { token: 'made-up' }],
  ['victim', 'POST /api/auth/send-verification-email', {}],
  ['victim', 'POST /api/auth/change-email', { newEmail: 'another@example.test', password }],
  ['victim', 'POST /api/auth/two-factor/enable', { password }],
  ['victim', 'POST /api/auth/two-factor/disable', { password }],
  ['victim', 'POST /api/auth/two-factor/generate-backup-codes', { password }],
  ['victim', 'POST /api/auth/two-factor/verify-totp', { code: '123456' }],
  ['victim', 'POST /api/auth/two-factor/verify-backup-code', { code: 'made-up' }],
  ['victim', 'POST /api/auth/link-social', { provider: 'github', password }],
  ['victim', 'POST /api/auth/passkey/generate-register-options', { password }],
  [
    'victim',
    'POST /api/auth/passkey/verify-registration',
    { name: 'Phone', response: { ...CREDENTIAL, response: { clientDataJSON: 'e30', attestationObject: 'oA' } } },
  ],
  ['nobody', 'POST /api/auth/passkey/generate-authenticate-options', {}],
  [
    'nobody',
    'POST /api/auth/passkey/verify-authentication',
    { response: { ...CREDENTIAL, response: { clientDataJSON: 'e30', authenticatorData: 'AA', signature: 'AA' } } },
  ],
  [
    'nobody',
    'POST /api/auth/sign-up/email',
    { email: 'somebody@example.test', password, name: 'Some', username: 'some1' },
  ],
  ['nobody', 'POST /api/auth/sign-in/email', { email: 'somebody@example.test', password, rememberMe: true }],
  ['victim', 'POST /api/auth/sign-out', {}],
  ['victim', 'POST /api/auth/change-password', { currentPassword: password, newPassword: password }],
  ['victim', 'POST /api/auth/revoke-other-sessions', {}],
  ['player', 'GET /api/credits?since=0&operations=some-operation'],
  ['player', 'GET /api/credits/history?before=9&limit=5'],
  ['player', 'GET /api/credits/stream'],
  ['nobody', 'GET /api/credits/openapi.json'],
  ['player', 'POST /api/credits/operations/resolve', { operations: ['some-operation'] }],
];

/** Addresses that are no routes: pages, files, and what Next answers by itself. */
const PLACES: readonly (readonly [as: Actor, route: string])[] = [
  ['player', 'GET /'],
  ['player', 'GET /servers'],
  ['player', 'GET /activity?q=map'],
  ['player', 'GET /activity/1'],
  ['nobody', 'GET /sign-in?next=%2Fservers'],
  ['nobody', 'GET /sign-up?ref=SOMECODE'],
  ['admin', 'GET /admin/users?query=a'],
  ['admin', 'GET /admin/users/{victim}'],
  ['player', 'GET /nothing/here'],
  ['player', 'POST /servers'],
  ['nobody', 'GET /_next/image?url=%2Ficon&w=64&q=75'],
  ['nobody', 'GET /_next/static/chunks/nothing.js'],
  ['nobody', 'GET /_next/data/build/index.json'],
  ['nobody', 'GET /icon'],
  ['nobody', 'GET /docs/'],
  ['nobody', 'GET /docs/concepts'],
];

function toSketch([as, route, json]: (typeof RECORDED)[number]): Sketch {
  const [method = '', target = ''] = route.split(' ');
  return withHeaders({ as, method, target, ...(json === undefined ? {} : { json, body: JSON.stringify(json) }) });
}

/** Adds what a browser sends with it, and further headers. */
export function withHeaders(
  sketch: Pick<Sketch, 'as' | 'method' | 'target' | 'json'> & { body?: string },
  headers: Sketch['headers'] = [],
): Sketch {
  const ofChange: Sketch['headers'] = [
    ['Origin', '{origin}'],
    ['Idempotency-Key', '{key}'],
    ['Content-Type', 'application/json'],
  ];
  return {
    body: null,
    ...sketch,
    headers: [
      ['Host', '{host}'],
      ['Cookie', '{cookie}'],
      ['X-Forwarded-For', '{address}'],
      ...(sketch.method === 'GET' ? [] : ofChange),
      ...headers,
    ],
  };
}

export const ROUTES: readonly Sketch[] = RECORDED.map(toSketch);

/** Whether it costs as much as ten others: a password is hashed, or Next renders a page. */
export const isCostly = ({ target }: Sketch): boolean => /\/sign-|-password$|\/close$|\/password$/.test(target);
export const PAGES: readonly Sketch[] = PLACES.map(toSketch);
