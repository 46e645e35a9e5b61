import { openEmbedded } from 'realtime-credits-server/embedded';
import { afterAll, expect, test } from 'vitest';
import { followEvents } from '../../packages/server/test/support/events.ts';
import { createAuth } from '../hono/auth.ts';
import { startExample } from './support/example-process.ts';
import { testHost } from './support/host-suite.ts';

const AUTH_SECRET = 'a secret of thirty-two characters, for tests';
const opened = startExample('hono/server.ts', { AUTH_SECRET });

afterAll(async () => (await opened).close());

async function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  const { origin } = await opened;
  const init = { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json', origin } };
  return fetch(`${origin}${path}`, { ...init, headers: { ...init.headers, ...headers } });
}

/** Signs up the first time, and in from then on. */
async function signIn(name: string): Promise<{ cookie: string }> {
  const person = { email: `${name}@panel.example`, password: 'correct horse' };
  const signedIn = await post('/api/auth/sign-in/email', person);
  const response = signedIn.ok ? signedIn : await post('/api/auth/sign-up/email', { ...person, name });
  expect(response.status).toBe(200);
  return { cookie: toCookie(response.headers) };
}

function toCookie(headers: Headers): string {
  const cookies = headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
  return cookies.join('; ');
}

testHost(async () => ({
  fetch,
  origin: (await opened).origin,
  signIn,
  forgeries: async () => {
    const [name = '', value = ''] = (await signIn('ada')).cookie.split('=');
    return [{ cookie: `${name}=${value.split('.')[0]}` }, { cookie: `${name}=x${value}` }, { cookie: `${name}=ada` }];
  },
  close: async () => undefined,
}));

test('a user who signs out receives no more events', async () => {
  const ada = await signIn('ada');
  const stream = followEvents((await fetch(`${(await opened).origin}/api/credits/stream`, { headers: ada })).body);
  await stream.snapshot();
  expect((await post('/api/auth/sign-out', {}, ada)).status).toBe(200);
  expect((await stream.next())?.event).toBe('signed-out');
});

test('the end of a session says whose streams are to be looked at', async () => {
  const database = await openEmbedded({ memory: true });
  const ended: string[] = [];
  const [baseUrl, onSessionEnded] = ['https://panel.example', (userId: string) => void ended.push(userId)];
  const auth = await createAuth({ pool: database.pool, baseUrl, secret: AUTH_SECRET, onSessionEnded });
  const person = { email: 'ada@panel.example', password: 'correct horse', name: 'Ada' };
  const { headers, response } = await auth.api.signUpEmail({ body: person, returnHeaders: true });
  await auth.api.signOut({ headers: { cookie: toCookie(headers) } });
  expect(ended).toEqual([response.user.id]);
  await database.close();
});
