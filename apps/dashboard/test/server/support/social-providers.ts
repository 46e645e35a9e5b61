import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { vi } from 'vitest';

/** A person as Discord, Google and GitHub tell of them. */
export interface SocialPerson {
  id: string;
  name: string;
  email: string;
  verified: boolean;
}

/** The three providers, on this machine: whatever is asked of them elsewhere is asked here. */
export interface FakeProviders {
  /** Who comes back next. */
  person: SocialPerson;
  /** Hosts that were asked for something. */
  asked: Set<string>;
  close(): Promise<void>;
}

export async function startFakeProviders(): Promise<FakeProviders> {
  const fake = {
    person: { id: '1', name: 'Somebody', email: 's@example.test', verified: true },
    asked: new Set<string>(),
  };

  function answer(request: IncomingMessage): object {
    const { id, name, email, verified } = fake.person;
    switch (decodeURIComponent(request.url ?? '')) {
      case '/discord.com/api/users/@me':
        return { id, username: name, global_name: name, discriminator: '0', avatar: null, email, verified };
      case '/api.github.com/user':
        return { id: Number(id), login: 'login', name, email, avatar_url: 'https://avatars.example/1.png' };
      case '/api.github.com/user/emails':
        return [{ email, primary: true, verified, visibility: 'public' }];
      default: {
        const claims = {
          sub: id,
          name,
          email,
          email_verified: verified,
          iss: 'https://accounts.google.com',
          aud: 'id',
        };
        const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
        const idToken = `${encode({ alg: 'none' })}.${encode(claims)}.`;
        return { access_token: 'secret-access-token', token_type: 'bearer', id_token: idToken };
      }
    }
  }

  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answer(request)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;

  const fetchHere = globalThis.fetch;
  vi.stubGlobal('fetch', async (input: RequestInfo | URL, init?: RequestInit) => {
    const { host, pathname } = new URL(input instanceof Request ? input.url : String(input));
    fake.asked.add(host);
    return fetchHere(`http://127.0.0.1:${port}/${host}${pathname}`, init);
  });
  return Object.assign(fake, {
    async close() {
      vi.unstubAllGlobals();
      server.close();
      await once(server, 'close');
    },
  });
}
