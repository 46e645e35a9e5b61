import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AdminEntriesAnswer } from '../../lib/admin-api.ts';
import type { MeAnswer, TransferAnswer } from '../../lib/api.ts';
import { isReservedName, pickUsername } from '../../server/auth/names.ts';
import { plainText } from '../../server/http/text.ts';
import { openTestDashboard, ORIGIN, PASSWORD, type Person, type TestDashboard } from './support/dashboard.ts';

let dashboard: TestDashboard;
let sender: Person;
let recipient: Person;
let admin: Person;

const UNLIMITED = { claim: {}, serverCreate: {}, transfer: {}, profile: {}, example: {}, request: {} };

beforeAll(async () => {
  dashboard = await openTestDashboard({ limits: UNLIMITED });
  sender = await dashboard.signUp('Sender');
  recipient = await dashboard.signUp('Recipient');
  admin = await dashboard.signUp('warden');
  await dashboard.promote(admin);
  await dashboard.grant(sender, 1_000);
});
afterAll(() => dashboard.end());

/** Texts that no field takes. */
const BAD: [what: string, text: string][] = [
  ['a line break', 'Mara\nQuill'],
  ['a carriage return', 'Mara\rQuill'],
  ['a tab', 'Mara\tQuill'],
  ['an escape sequence', 'Mara\u001b[31mQuill'],
  ['NUL', 'Mara\u0000Quill'],
  ['the first half of a surrogate pair', 'Mara\ud800Quill'],
  ['the second half of a surrogate pair', 'Mara\udc00Quill'],
  ['a right-to-left override', 'Mara\u202eQuill'],
  ['a right-to-left mark', 'Mara\u200fQuill'],
  ['an isolate', 'Mara\u2067Quill'],
  ['a zero-width space', 'Mara\u200bQuill'],
  ['a zero-width joiner', 'Mara\u200dQuill'],
  ['a byte order mark', 'Mara\ufeffQuill'],
  ['a soft hyphen', 'Mara\u00adQuill'],
  ['a filler that looks like nothing', 'Mara\u3164Quill'],
  ['a line separator', 'Mara\u2028Quill'],
  ['a tag', 'Mara\u{e0041}Quill'],
  ['a private character', 'Mara\ue000Quill'],
  ['marks piled up', `Mara${'\u0301'.repeat(20)}`],
  ['50,000 characters', 'x'.repeat(50_000)],
];

test.each(BAD)('C5: %s is no plain text', (_what, text) => {
  expect(plainText({ max: 60 }).safeParse(text).success).toBe(false);
});

test.each([
  ['  Mara  ', 'Mara'],
  ['Mara\u00a0\u2003 Quill', 'Mara Quill'],
  ['Zoe\u0308', 'Zoë'],
  ['Ünal Öz', 'Ünal Öz'],
  ['مارا', 'مارا'],
  ['for you ❤️ 👩🏽‍🚀', 'for you ❤️ 👩🏽‍🚀'],
])('C5: %j is plain text', (text, read) => {
  expect(plainText({ max: 60 }).parse(text)).toBe(read);
});

test.each([
  'admin',
  'ADMIN',
  'Adm1n',
  '4dmin',
  'аdmin',
  'ádmin',
  'ａｄｍｉｎ',
  'a.d.m.i.n',
  'admin_2',
  'admin99',
  'the_admin',
])('C5: %j is reserved', (name) => expect(isReservedName(name)).toBe(true));
test.each(['Administrator', 'system', 'Sys Tem', 'Support Team', 'suppоrt', 'Moderator', 'root', 'House', 'nobody'])(
  'C5: %j is reserved, too',
  (name) => expect(isReservedName(name)).toBe(true),
);
test.each(['Mara Quill', 'ada', 'Gregory House', 'adminton_fan', 'Ecosystem', 'Supportive', '李雷', 'player_1'])(
  'C5: %j is not reserved',
  (name) => expect(isReservedName(name)).toBe(false),
);

let people = 0;

function signUp(fields: Record<string, unknown>) {
  people += 1;
  return dashboard.send<{ user: { id: string; name: string } }>('/api/auth/sign-up/email', {
    body: { email: `text${people}@example.test`, password: PASSWORD, name: 'Somebody', ...fields },
  });
}

test('C5: signing up takes no such text in any field, and no field of better-auth’s own', async () => {
  for (const [what, text] of [...BAD, ['a reserved name', 'Administrator'] as const]) {
    expect((await signUp({ name: text })).status, `name: ${what}`).toBe(400);
    expect((await signUp({ username: text })).status, `username: ${what}`).toBe(400);
  }
  const refused: Record<string, unknown>[] = [
    { displayUsername: 'admin' },
    { displayUsername: 'x'.repeat(50_000) },
    { image: 'javascript:alert(1)' },
    { name: { $ne: null } },
    { name: '' },
    { name: '…' },
    { role: 'admin' },
    { emailVerified: true },
    { email: 'admin@demo.test' },
    { email: 'Somebody@DEMO.test' },
    { email: `${'x'.repeat(300)}@example.test` },
  ];
  for (const fields of refused) expect((await signUp(fields)).status, `with ${JSON.stringify(fields)}`).toBe(400);
  const made = await signUp({ name: '  Zoe\u0308   Q ' });
  expect(made.body.user.name).toBe('Zoë Q');
});

test('C5: better-auth’s other endpoints that change a person do not exist, in any spelling', async () => {
  const data = { name: 'admin\n', displayUsername: 'admin', username: 'admin', image: 'x' };
  const paths = ['update-user', 'update-session', 'delete-user', 'verify-password']
    .concat([
      'admin/create-user',
      'admin/set-role',
      'admin/ban-user',
      'admin/update-user',
      'admin/set-user-password',
      'admin/impersonate-user',
    ])
    .concat(['sign-in/username', 'update%2Duser', 'update-user/', '/update-user']);
  for (const path of paths) {
    const body = { ...data, userId: sender.id, data, email: 'x@example.test', password: PASSWORD };
    expect((await dashboard.send(`/api/auth/${path}`, { as: admin, body })).status, `to ${path}`).toBe(404);
  }
});

test('C5: the profile, notes, reasons and names of servers take no such text', async () => {
  const server = { server_type_id: 'minecraft', server_software_id: 'paper', location_id: 'fsn', plan_id: 'spark' };
  for (const [what, text] of BAD) {
    const requests: [path: string, body: object, as: Person][] = [
      ['/api/user/update-profile', { display_name: text }, sender],
      ['/api/user/update-profile', { first_name: text }, sender],
      ['/api/user/update-profile', { last_name: text }, sender],
      ['/api/transfers', { to_username: 'Recipient', amount: 1, note: text.slice(0, 1_000) }, sender],
      ['/api/transfers', { to_username: text, amount: 1 }, sender],
      ['/api/servers/create', { ...server, name: text }, sender],
      [`/api/admin/users/${recipient.id}/coins`, { amount: 1, reason: text }, admin],
      [`/api/admin/users/${recipient.id}/ban`, { banned: true, reason: text }, admin],
    ];
    for (const [path, body, as] of requests) {
      const { status } = await dashboard.send(path, { as, body });
      expect(status, `${path}: ${what}`).toBe(400);
    }
  }
  const reserved = await dashboard.send('/api/user/update-profile', {
    as: recipient,
    body: { display_name: 'Support' },
  });
  expect(reserved.status).toBe(400);
  expect((await dashboard.ledger.balance(recipient.id)).balance.available).toBe(0);
});

test('C5: history stores accounts, and shows how they are called now', async () => {
  const [giver, taker] = [await dashboard.signUp('Giver'), await dashboard.signUp('Taker')];
  await dashboard.grant(giver, 10);
  const sent = await dashboard.send<TransferAnswer>('/api/transfers', {
    as: giver,
    body: { to_username: 'taker', amount: 5, note: 'for the map' },
  });
  expect(sent.status).toBe(200);
  const { rows } = await dashboard.database.pool.query(`SELECT * FROM credits.journal`);
  expect(JSON.stringify(rows)).toContain('for the map');
  expect(JSON.stringify(rows)).not.toMatch(/giver|taker/i);

  await dashboard.database.pool.query(
    `UPDATE "user" SET username = 'later', "displayUsername" = 'Later' WHERE id = $1`,
    [giver.id],
  );
  type History = { entries: { counterparty: string | null; reason: string }[] };
  const history = await dashboard.send<History>('/api/credits/history', { as: taker });
  expect(history.body.entries[0]).toMatchObject({ counterparty: 'Later', reason: '“for the map”' });
  expect(JSON.stringify(history.body)).not.toContain(giver.id);
  const shown = await dashboard.send<AdminEntriesAnswer>(`/api/admin/users/${taker.id}/coins`, { as: admin });
  expect(shown.body.entries[0]).toMatchObject({ counterparty: 'Later' });

  // What an account of an earlier version is called beside its user name is shown to nobody else.
  await dashboard.database.pool.query(`UPDATE "user" SET "displayUsername" = 'admin' WHERE id = $1`, [giver.id]);
  const again = await dashboard.send<History>('/api/credits/history', { as: taker });
  expect(again.body.entries[0]?.counterparty).toBe('later');
});

/** Half a surrogate pair has no place in an address: `%ED%A0%80` is what it would be. */
const BAD_PATHS = ['%', '%zz', '%E0%A4%A', '%C0%80', '%ED%A0%80', '%FF', '%00', 'a%00b'];

test('C10: a malformed % or NUL in any path or query is 400 or 404, for everybody', async () => {
  const before = dashboard.warnings.length;
  const places = [
    '/api/%s',
    '/api/servers/%s',
    '/api/admin/users/%s/coins',
    '/api/auth/%s',
    '/api/credits/%s',
    '/r/%s.json',
  ];
  const paths = BAD_PATHS.flatMap((bad) => places.map((place) => place.replace('%s', bad)));
  paths.push('/api/admin/users?query=%00', '/api/credits/history?before=%00', '/api/auth/get-session?x=%00');
  paths.push('/api/admin/audit?before=%00');
  for (const path of paths) {
    for (const as of [null, sender, admin]) {
      for (const method of ['GET', 'POST', 'DELETE']) {
        const response = await dashboard.fetch(
          new Request(`${ORIGIN}${path}`, {
            method,
            headers: { origin: ORIGIN, ...(as === null ? {} : { cookie: as.cookie }) },
          }),
        );
        expect([400, 404], `${method} ${path}`).toContain(response.status);
        await response.body?.cancel();
      }
    }
  }
  expect(dashboard.warnings.slice(before)).toEqual([]);
});

test('C10: NUL and halves of surrogate pairs in any body are 400, keys and nested values included', async () => {
  const before = dashboard.warnings.length;
  for (const text of ['\\u0000', 'a\\u0000b', '\\ud800', '\\udc00x']) {
    const bodies: [path: string, body: string, as: Person][] = [
      ['/api/auth/sign-in/email', `{"email":"${text}@example.test","password":"${PASSWORD}"}`, sender],
      ['/api/auth/sign-in/email', `{"email":"a@example.test","password":"${text}"}`, sender],
      ['/api/transfers', `{"to_username":"${text}","amount":1}`, sender],
      ['/api/transfers', `{"to_username":"Recipient","amount":1,"${text}":1}`, sender],
      ['/api/servers/create', `{"name":"Harbour","server_type_id":"${text}"}`, sender],
      [`/api/admin/users/${recipient.id}/ban`, `{"banned":true,"reason":"${text}"}`, admin],
      ['/api/credits/operations/resolve', `{"operations":["${text}"]}`, sender],
    ];
    for (const [path, body, as] of bodies) {
      expect((await dashboard.send(path, { as, body })).status, `${path} ${body}`).toBe(400);
    }
  }
  const key = await dashboard.send('/api/transfers', {
    as: sender,
    body: { to_username: 'Recipient', amount: 1 },
    headers: { 'idempotency-key': 'caf\u00e9' },
  });
  expect(key.status).toBe(400);
  expect(dashboard.warnings.slice(before)).toEqual([]);
  expect((await dashboard.send<MeAnswer>('/api/user/me', { as: sender })).status).toBe(200);
});

test.each([
  ['Élodie Testerin-Üzümcü', /^elodietesterinuzumcu_[0-9a-f]{6}$/],
  ['Weiß', /^weiss_/],
  ['山田', /^player_/],
  ['Admin', /^player_/],
])('a user name is made from %s', (name, expected) => {
  expect(pickUsername(name)).toMatch(expected);
});
