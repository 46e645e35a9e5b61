import { z } from 'zod';
import { LANGUAGE_COOKIE, LANGUAGES, type Language } from '../../lib/languages.ts';
import { toLocalPath } from '../../lib/local-path.ts';
import type { Sessions } from '../auth/sessions.ts';
import { readQuery } from '../http/body.ts';
import { toLocale } from '../http/locale.ts';
import type { OriginRules } from '../http/origin.ts';
import type { Routes } from '../http/route.ts';
import type { Profiles } from '../profiles.ts';

const COOKIE_SECONDS = 365 * 24 * 3600;

const querySchema = z.strictObject({
  language: z.enum(Object.keys(LANGUAGES) as [Language, ...Language[]]),
  next: z.string().max(2_000).default('/'),
});

interface LanguageRoutesOptions {
  originRules: Pick<OriginRules, 'publicUrl'>;
  sessions: Pick<Sessions, 'read'>;
  profiles: Pick<Profiles, 'keepLocale'>;
}

/** `POST /api/language?language=de&next=/settings`: keeps the language in a cookie, and goes back to the page. Messages to who is signed in have it from then on. */
export function registerLanguageRoutes(
  routes: Routes,
  { originRules: { publicUrl }, sessions, profiles }: LanguageRoutesOptions,
): void {
  const secure = publicUrl?.startsWith('https:') === true ? '; Secure' : '';
  routes.anyone('POST', '/api/language', async ({ request }) => {
    const { language, next } = readQuery(request, querySchema);
    const user = await sessions.read(request.headers);
    if (user !== null) {
      const locale = toLocale(request.headers.get('accept-language'), language);
      await profiles.keepLocale(user.id, locale, { chosen: true });
    }
    return new Response(null, {
      status: 303,
      headers: {
        Location: toLocalPath(next),
        'Set-Cookie': `${LANGUAGE_COOKIE}=${language}; Path=/; Max-Age=${COOKIE_SECONDS}; HttpOnly; SameSite=Lax${secure}`,
      },
    });
  });
}
