import { setTimeout } from 'node:timers/promises';
import type { Actor, Words } from './wire.ts';

/**
 * The people of a run. What they send may end their sessions, or close their accounts: they sign in again, and there is
 * a new victim.
 */
export interface Sessions {
  /** What a request of this person needs. */
  words(as: Actor, key: string): Words;
  /** Signs in again those who were signed out. */
  refresh(): Promise<void>;
  /** Reads or sends something as an administrator. */
  asAdmin(path: string, body?: object): Promise<unknown>;
}

const EMAILS: Partial<Record<Actor, string>> = {
  player: 'player@demo.test',
  friend: 'friend@demo.test',
  admin: 'admin@demo.test',
};
const VICTIM_PASSWORD = 'a long enough password';
/** What the victim has to lose. */
const VICTIM_CREDITS = 500;

export async function openSessions(
  url: string,
  { seed, password }: { seed: number; password: string },
): Promise<Sessions> {
  const cookies = new Map<Actor, string>();
  let victim = '';
  let people = 0;
  let addresses = 0;
  let refreshing: Promise<void> | null = null;

  /** Each request has its own, as if it came through the proxy from somebody else. */
  function nextAddress(): string {
    addresses += 1;
    return `10.${(addresses >> 16) & 255}.${(addresses >> 8) & 255}.${addresses & 255}`;
  }

  async function send(path: string, cookie: string, body?: object): Promise<Response> {
    for (;;) {
      const response = await fetch(`${url}${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { cookie, origin: url, 'content-type': 'application/json', 'x-forwarded-for': nextAddress() },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (response.status !== 429) return response;
      // Hostile requests had tried wrong passwords for this account: every sign-in to it has to wait.
      await response.text();
      await setTimeout(1_000 * Number(response.headers.get('retry-after') ?? 1));
    }
  }

  async function signIn(as: Actor, email: string, secret: string): Promise<string> {
    const response = await send('/api/auth/sign-in/email', '', { email, password: secret });
    const text = await response.text();
    if (!response.ok) throw new Error(`Signing in as ${email} was answered ${response.status}: ${text}`);
    const cookie = response.headers.getSetCookie().map((line) => line.split(';')[0]);
    cookies.set(as, cookie.join('; '));
    return (JSON.parse(text) as { user: { id: string } }).user.id;
  }

  async function asAdmin(path: string, body?: object): Promise<unknown> {
    let response = await send(path, cookies.get('admin') ?? '', body);
    // Signed out since the last look, by a request of another lane.
    if (response.status === 401) {
      await renew('admin');
      response = await send(path, cookies.get('admin') ?? '', body);
    }
    if (!response.ok) throw new Error(`${path} was answered ${response.status}: ${await response.text()}`);
    return response.json();
  }

  async function renew(as: Actor): Promise<void> {
    const email = EMAILS[as];
    if (email !== undefined) return void (await signIn(as, email, password));
    people += 1;
    const name = `victim${seed}x${people}`;
    const person = { email: `${name}@example.test`, name, username: name, password: VICTIM_PASSWORD };
    await send('/api/auth/sign-up/email', '', person);
    victim = await signIn(as, person.email, VICTIM_PASSWORD);
    await asAdmin(`/api/admin/users/${victim}/coins`, { amount: VICTIM_CREDITS, reason: 'To lose it' });
  }

  async function refreshAll(): Promise<void> {
    for (const as of ['player', 'friend', 'admin', 'victim'] satisfies Actor[]) {
      const response = await send('/api/user/me', cookies.get(as) ?? '');
      await response.text();
      if (response.status === 401) await renew(as);
    }
  }

  const { host } = new URL(url);
  const sessions: Sessions = {
    words: (as, key) => ({
      host,
      origin: url,
      cookie: cookies.get(as) ?? 'none=',
      key,
      victim,
      address: nextAddress(),
    }),
    refresh: () => (refreshing ??= refreshAll().finally(() => (refreshing = null))),
    asAdmin,
  };
  await sessions.refresh();
  return sessions;
}
