import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AdminAuditAnswer, AdminUsersAnswer } from '../../lib/admin-api.ts';
import type { ActivityAnswer, MeAnswer } from '../../lib/api.ts';
import { CHANGE_EVERY_MS, KEPT_MS } from '../../server/auth/user-names.ts';
import { openTestDashboard, PASSWORD, type Either, type Person, type TestDashboard } from './support/dashboard.ts';

let dashboard: TestDashboard;
let admin: Person;
/** How far the dashboard's clock is ahead. */
let aheadMs = 0;

beforeAll(async () => {
  dashboard = await openTestDashboard({ now: () => Date.now() + aheadMs });
  admin = await dashboard.signUp('boss');
  await dashboard.promote(admin);
});
afterAll(() => dashboard.end());

const rename = (as: Person, username: unknown) =>
  dashboard.send<Either<MeAnswer>>('/api/user/username', { as, body: { username } });

const search = async (query: string) =>
  (await dashboard.send<AdminUsersAnswer>(`/api/admin/users?query=${query}`, { as: admin })).body.data.users.map(
    ({ username }) => username,
  );

test('a person chooses a user name, in the letters that they want', async () => {
  const person = await dashboard.signUp('elodie');
  const { status, body } = await rename(person, 'Elodie.U');
  expect(status).toBe(200);
  expect(body.user.username).toBe('Elodie.U');
  const me = await dashboard.send<MeAnswer>('/api/user/me', { as: person });
  expect(me.body.user.username).toBe('Elodie.U');
  expect(Date.parse(me.body.user.username_changes_at ?? '')).toBeGreaterThan(Date.now() + CHANGE_EVERY_MS - 60_000);
});

test('what happened before is shown with the new name, and credits find it', async () => {
  const [sender, receiver] = [await dashboard.signUp('sender'), await dashboard.signUp('receiver')];
  await dashboard.grant(sender, 50);
  await dashboard.send('/api/transfers', { as: sender, body: { to_username: receiver.username, amount: 5 } });
  await rename(receiver, 'Fresh_One');
  const { body } = await dashboard.send<ActivityAnswer>('/api/activity?limit=1', { as: sender });
  expect(body.data.items[0]).toMatchObject({ other: 'Fresh_One' });
  const sent = await dashboard.send('/api/transfers', { as: sender, body: { to_username: 'fresh_one', amount: 5 } });
  expect(sent.status).toBe(200);
  const old = await dashboard.send('/api/transfers', {
    as: sender,
    body: { to_username: receiver.username, amount: 5 },
  });
  expect(old.body.code).toBe('user_not_found');
});

test('administrators find a person by the new name and by the old one, and read who changed it', async () => {
  const person = await dashboard.signUp('findme');
  await rename(person, 'found_now');
  expect(await search('found_now')).toEqual(['found_now']);
  expect(await search(person.username)).toEqual(['found_now']);
  const { body } = await dashboard.send<AdminAuditAnswer>('/api/admin/audit', { as: admin });
  expect(body.data[0]).toMatchObject({ kind: 'username', actor_id: person.id, target_id: person.id });
});

test('a name that somebody has is refused, whatever its case', async () => {
  const [holder, person] = [await dashboard.signUp('holder'), await dashboard.signUp('wisher')];
  const { status, body } = await rename(person, holder.username.toUpperCase());
  expect([status, body.code]).toEqual([409, 'name_taken']);
  const me = await dashboard.send<MeAnswer>('/api/user/me', { as: person });
  expect(me.body.user).toMatchObject({ username: person.username, username_changes_at: null });
});

test.each([
  ['ab', 'must have at least 3 characters'],
  ['a'.repeat(31), 'must have at most 30 characters'],
  ['with space', 'may have letters, digits, _ and . only'],
  ['adm1n', 'is reserved: choose another'],
])('the name %s is refused at its field', async (name, message) => {
  const { status, body } = await rename(admin, name);
  expect(status).toBe(400);
  expect(body.errors).toEqual([{ path: 'username', message }]);
});

test('a second change within 30 days is refused, and says from when on it is possible', async () => {
  const person = await dashboard.signUp('restless');
  await rename(person, 'restless_1');
  const early = await rename(person, 'restless_2');
  const from = new Date(Date.now() + aheadMs + CHANGE_EVERY_MS).toISOString().slice(0, 10);
  expect([early.status, early.body.code]).toEqual([409, 'name_changed_recently']);
  expect(early.body.message).toBe(
    `You changed your user name less than 30 days ago. You can choose another from ${from} on.`,
  );
  // The same again is a repeated request, not a second change.
  expect((await rename(person, 'restless_1')).status).toBe(200);
  aheadMs += CHANGE_EVERY_MS;
  expect((await rename(person, 'restless_2')).status).toBe(200);
});

test('a name that somebody left is kept for them, and free after 90 days', async () => {
  const [leaver, follower] = [await dashboard.signUp('leaver'), await dashboard.signUp('follower')];
  await rename(leaver, 'went_away');
  expect((await rename(follower, leaver.username)).body.code).toBe('name_taken');
  const signUp = async () =>
    dashboard.send('/api/auth/sign-up/email', {
      body: { email: 'late@example.test', password: PASSWORD, name: 'Late', username: leaver.username },
    });
  expect((await signUp()).body.code).toBe('name_taken');
  aheadMs += CHANGE_EVERY_MS;
  expect((await rename(leaver, leaver.username)).status).toBe(200);
  expect((await rename(follower, 'went_away')).body.code).toBe('name_taken');
  aheadMs += KEPT_MS;
  expect((await rename(follower, 'went_away')).status).toBe(200);
});

test('of several who want one name at once, one has it', async () => {
  const people = await Promise.all(['one', 'two', 'three', 'four'].map((name) => dashboard.signUp(`rival${name}`)));
  const replies = await Promise.all(people.map((person) => rename(person, 'the_prize')));
  expect(replies.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409, 409, 409]);
});
