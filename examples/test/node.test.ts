import { afterAll, expect, test, vi } from 'vitest';
import { followEvents } from '../../packages/server/test/support/events.ts';
import { startExample } from './support/example-process.ts';
import { testHost } from './support/host-suite.ts';

const PASSWORD = 'correct horse';
const opened = startExample('node/server.ts', { DEMO_PASSWORD: PASSWORD });

async function signIn(name: string, password = PASSWORD): Promise<Response> {
  const { origin } = await opened;
  return fetch(`${origin}/api/sign-in`, { method: 'POST', body: JSON.stringify({ name, password }) });
}

async function openSession(name: string): Promise<{ cookie: string }> {
  const response = await signIn(name);
  expect(response.status).toBe(200);
  return { cookie: response.headers.get('set-cookie')?.split(';')[0] ?? '' };
}

afterAll(async () => (await opened).close());

testHost(async () => ({
  fetch,
  origin: (await opened).origin,
  signIn: openSession,
  forgeries: async () => [{ cookie: 'session=ada' }, { cookie: 'session=' }, { cookie: 'session=constructor' }],
  close: async () => undefined,
}));

test('a wrong password, a stranger and nonsense open no session', async () => {
  for (const [name, password] of [
    ['ada', 'wrong'],
    ['ada', ''],
    ['eve', PASSWORD],
  ] as const) {
    expect((await signIn(name, password)).status).toBe(401);
  }
  const { origin } = await opened;
  expect((await fetch(`${origin}/api/sign-in`, { method: 'POST', body: 'nonsense' })).status).toBe(400);
  expect((await fetch(`${origin}/api/sign-in`, { method: 'POST', body: 'null' })).status).toBe(401);
});

test('a session that signs out receives no more events, and the user’s other session continues', async () => {
  const { origin } = await opened;
  const [desk, phone] = [await openSession('ada'), await openSession('ada')];
  const [stream, other] = await Promise.all(
    [desk, phone].map(async (headers) => followEvents((await fetch(`${origin}/api/credits/stream`, { headers })).body)),
  );
  await stream?.snapshot();
  await other?.snapshot();
  await fetch(`${origin}/api/sign-out`, { method: 'POST', headers: desk });
  expect((await stream?.next())?.event).toBe('signed-out');
  expect((await fetch(`${origin}/api/credits`, { headers: desk })).status).toBe(401);
  expect((await fetch(`${origin}/api/credits`, { headers: phone })).status).toBe(200);
  await other?.leave();
});

test('the end of a session says whose streams are to be looked at, and ends no other session', async () => {
  vi.stubEnv('DEMO_PASSWORD', PASSWORD);
  const { createSessions } = await import('../node/sessions.ts');
  vi.unstubAllEnvs();
  const ended: string[] = [];
  const sessions = createSessions({ onEnd: (account) => ended.push(account) });
  const ask = (headers: Record<string, string>, body: string | null = null) =>
    new Request('https://panel.example/', { method: 'POST', headers, body });
  const [desk, phone] = await Promise.all(
    [1, 2].map(async () => {
      const { headers } = await sessions.signIn(ask({}, JSON.stringify({ name: 'ada', password: PASSWORD })));
      return { cookie: headers.get('set-cookie')?.split(';')[0] ?? '' };
    }),
  );
  await sessions.signOut(ask({ ...desk, 'sec-fetch-site': 'cross-site' }));
  expect(ended).toEqual([]);
  await sessions.signOut(ask({ ...desk }));
  await sessions.signOut(ask({ ...desk }));
  expect(ended).toEqual(['ada']);
  expect([sessions.find(ask({ ...desk })), sessions.find(ask({ ...phone }))]).toEqual([null, { account: 'ada' }]);
});
