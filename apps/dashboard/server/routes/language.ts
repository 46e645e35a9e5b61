import { z } from 'zod';
import { LANGUAGE_COOKIE, LANGUAGES, type Language } from '../../lib/languages.ts';
import { toLocalPath } from '../../lib/local-path.ts';
import { readQuery } from '../http/body.ts';
import type { OriginRules } from '../http/origin.ts';
import type { Routes } from '../http/route.ts';

const COOKIE_SECONDS = 365 * 24 * 3600;

const querySchema = z.strictObject({
  language: z.enum(Object.keys(LANGUAGES) as [Language, ...Language[]]),
  next: z.string().max(2_000).default('/'),
});

/** `POST /api/language?language=de&next=/settings`: keeps the language in a cookie, and goes back to the page. */
export function registerLanguageRoutes(
  routes: Routes,
  { originRules: { publicUrl } }: { originRules: Pick<OriginRules, 'publicUrl'> },
): void {
  const secure = publicUrl?.startsWith('https:') === true ? '; Secure' : '';
  routes.anyone('POST', '/api/language', async ({ request }) => {
    const { language, next } = readQuery(request, querySchema);
    return new Response(null, {
      status: 303,
      headers: {
        Location: toLocalPath(next),
        'Set-Cookie': `${LANGUAGE_COOKIE}=${language}; Path=/; Max-Age=${COOKIE_SECONDS}; HttpOnly; SameSite=Lax${secure}`,
      },
    });
  });
}
