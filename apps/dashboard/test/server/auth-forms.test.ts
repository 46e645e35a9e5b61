import { afterAll, beforeAll, expect, test } from 'vitest';
import { AUTH_FORM_COOKIE, readAuthForm } from '../../lib/auth-form.ts';
import { openTestDashboard, ORIGIN, PASSWORD, type TestDashboard } from './support/dashboard.ts';

let dashboard: TestDashboard;
beforeAll(async () => {
  dashboard = await openTestDashboard();
});
afterAll(() => dashboard.close());

const sendForm = (path: string, fields: Record<string, string>, origin = ORIGIN) =>
  dashboard.fetch(
    new Request(`${ORIGIN}${path}`, { method: 'POST', headers: { origin }, body: new URLSearchParams(fields) }),
  );

/** What the page shows again. */
function formOf(response: Response) {
  const cookie = response.headers.getSetCookie().find((one) => one.startsWith(`${AUTH_FORM_COOKIE}=`));
  expect(cookie).toMatch(/; Path=\/sign-(in|up); Max-Age=60; HttpOnly; SameSite=Lax/);
  expect(cookie).not.toContain(PASSWORD);
  return readAuthForm(decodeURIComponent(/=([^;]*)/.exec(cookie ?? '')?.[1] ?? ''));
}

test('a form that is sent without a script signs in, and leads on', async () => {
  const person = await dashboard.signUp('Form_person');
  const response = await sendForm('/api/sign-in', { email: person.email, password: PASSWORD, next: '/earn?a=1' });
  expect([response.status, response.headers.get('location')]).toEqual([303, '/earn?a=1']);
  const cookie = response.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
  const me = await dashboard.fetch(new Request(`${ORIGIN}/api/user/me`, { headers: { cookie } }));
  expect(me.status).toBe(200);
});

test('a refused form comes back with what was typed and why, and without the password', async () => {
  const email = 'nobody@example.test';
  const response = await sendForm('/api/sign-in', { email, password: PASSWORD, next: '//elsewhere.example' });
  expect([response.status, response.headers.get('location')]).toEqual([303, '/sign-in?refused=&next=%2F']);
  expect(formOf(response)).toEqual({ email, name: '', refusal: { reason: 'wrongSignIn', field: 'password' } });
});

test('an account is created without a script, and what was wrong is said', async () => {
  const fields = { name: 'Élodie', email: 'elodie@example.test', password: 'short' };
  const refused = await sendForm('/api/sign-up', fields);
  expect(refused.headers.get('location')).toBe('/sign-up?refused=&next=%2F');
  expect(formOf(refused)).toEqual({
    email: fields.email,
    name: fields.name,
    refusal: { reason: 'shortPassword', field: 'password' },
  });
  const created = await sendForm('/api/sign-up', { ...fields, password: PASSWORD });
  expect([created.status, created.headers.get('location')]).toEqual([303, '/']);
  expect(created.headers.getSetCookie().length).toBeGreaterThan(0);
  // Another one with the address learns no more than the script's form says.
  const second = await sendForm('/api/sign-up', { ...fields, password: 'another-long-password' });
  expect(formOf(second)?.refusal).toEqual({ reason: 'mayHaveAccount', field: 'email' });
});

test('only pages of ours send forms, and none is long', async () => {
  const fields = { email: 'nobody@example.test', password: PASSWORD };
  expect((await sendForm('/api/sign-in', fields, 'https://elsewhere.example')).status).toBe(403);
  expect((await sendForm('/api/sign-in', { ...fields, email: 'x'.repeat(20_000) })).status).toBe(413);
});
