import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { testHost } from './support/host-suite.ts';

// The route's own functions are called, as Next would. Whether Next builds such a route is shown by `npm run hosts`.

testHost(async () => {
  const directory = mkdtempSync(join(tmpdir(), 'credits-example-'));
  vi.stubEnv('DATA_DIR', directory);
  vi.stubEnv('SESSION_SECRET', 'a secret of thirty-two characters');
  const route = await import('../next/app/api/credits/[[...path]]/route.ts');
  const bonus = await import('../next/app/api/bonus/route.ts');
  const { sealSession } = await import('../next/lib/session.ts');
  const { credits } = await import('../next/lib/credits.ts');
  const toCookie = (sealed: string) => ({ cookie: sealed.split(';')[0] ?? '' });
  const inAnHour = Date.now() + 3_600_000;
  const otherSecret = createHmac('sha256', 'another').update(`ada~${inAnHour}`).digest('base64url');

  return {
    fetch: async (request) => {
      const { pathname } = new URL(request.url);
      if (pathname.startsWith('/api/credits'))
        return request.method === 'POST' ? route.POST(request) : route.GET(request);
      // Next itself refuses methods that a route does not export.
      if (pathname === '/api/bonus' && request.method === 'POST') return bonus.POST(request);
      return new Response(null, { status: pathname === '/api/bonus' ? 405 : 404 });
    },
    origin: 'https://panel.example',
    signIn: async (name) => toCookie(sealSession(name)),
    forgeries: async () => [
      toCookie(sealSession('ada').replace('ada', 'bob')),
      toCookie(sealSession('ada', Date.now() - 8 * 24 * 3_600_000)), // over since yesterday
      { cookie: `session=ada~${inAnHour}~${otherSecret}` },
      { cookie: `session=ada~${inAnHour}~` },
      { cookie: 'session=ada' },
    ],
    async close() {
      await (await credits()).close();
      rmSync(directory, { recursive: true, force: true });
      vi.unstubAllEnvs();
    },
  };
});
