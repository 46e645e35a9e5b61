import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { useAuthStore } from '../../registry/user-store.ts';

// The store that projects without one install.

const answers = new Map<string, () => Response>();
const asked: string[] = [];

beforeEach(() => {
  answers.clear();
  asked.length = 0;
  useAuthStore.getState().clearSession();
  vi.stubGlobal('fetch', async (url: string) => {
    asked.push(url);
    return answers.get(url)?.() ?? new Response('<h1>Not found</h1>', { status: 404 });
  });
});
afterEach(() => vi.unstubAllGlobals());

const check = () => useAuthStore.getState().checkSession();
const NOBODY = () => Response.json({ success: false }, { status: 401 });

test('knows the user that the host names, and asks nothing else', async () => {
  answers.set('/api/user/me', () => Response.json({ success: true, user: { id: 7, username: 'ada', coins: 25 } }));
  expect(await check()).toBe(true);
  expect(useAuthStore.getState().currentUser).toEqual({ id: 7, username: 'ada', coins: 25 });
  expect(asked).toEqual(['/api/user/me']);
});

const PAGE = () => new Response('<h1>The app</h1>', { headers: { 'content-type': 'text/html; charset=utf-8' } });

test.each([
  ['answers 404', undefined],
  ['sends its page to every unknown path', PAGE],
])('knows the account of the ledger where the host has no route about its user and %s', async (_what, answer) => {
  if (answer !== undefined) answers.set('/api/user/me', answer);
  answers.set('/api/credits', () => Response.json({ account: '7', balance: { posted: 30, held: 5, available: 25 } }));
  expect(await check()).toBe(true);
  expect(useAuthStore.getState().currentUser).toEqual({ id: '7', coins: 25 });
});

test.each(['/api/user/me', '/api/credits'])('knows that nobody is signed in from 401 of %s', async (route) => {
  answers.set(route, NOBODY);
  useAuthStore.getState().setSession({ id: '7', coins: 25 });
  expect(await check()).toBe(false);
  expect(useAuthStore.getState().currentUser).toBeNull();
});

test('keeps what it knew while neither route answers', async () => {
  useAuthStore.getState().setSession({ id: '7', coins: 25 });
  expect(await check()).toBeNull();
  answers.set('/api/credits', PAGE);
  expect(await check()).toBeNull();
  expect(useAuthStore.getState().currentUser).toEqual({ id: '7', coins: 25 });
});
