import type { Hono } from 'hono';
import { readBytes } from 'realtime-credits-server';
import { AUTH_FORM_COOKIE, writeAuthForm } from '../../lib/auth-form.ts';
import { toAuthRefusal, type AuthFailure, type AuthRefusal } from '../../lib/auth-refusal.ts';
import { toLocalPath } from '../../lib/local-path.ts';
import type { OriginRules } from '../http/origin.ts';
import type { Routes } from '../http/route.ts';

interface AuthFormRoutesOptions {
  /** Has the routes that the pages' scripts call. */
  app: Hono;
  originRules: Pick<OriginRules, 'publicUrl'>;
}

const BODY_BYTES_MAX = 16 * 1024;
/** How long what was typed is kept for the page that is shown again. */
const FORM_SECONDS = 60;

/**
 * `POST /api/sign-in` and `POST /api/sign-up`: where the forms of those pages go when they are sent before their script is
 * there, or without one. They do what the script does, and lead on, or back to the form with what was typed.
 */
export function registerAuthFormRoutes(
  routes: Routes,
  { app, originRules: { publicUrl } }: AuthFormRoutesOptions,
): void {
  const secure = publicUrl?.startsWith('https:') === true ? '; Secure' : '';

  async function ask(request: Request, path: string, body: object): Promise<Response> {
    const headers = new Headers(request.headers);
    headers.set('content-type', 'application/json');
    headers.delete('content-length');
    const url = new URL(`/api/auth/${path}`, request.url);
    return app.fetch(new Request(url, { method: 'POST', headers, body: JSON.stringify(body) }));
  }

  /** Back to the form, which says why. */
  function refuse(page: string, form: URLSearchParams, { reason, ...refusal }: AuthRefusal, status = 0): Response {
    const shown = writeAuthForm({
      email: (form.get('email') ?? '').slice(0, 254),
      name: (form.get('name') ?? '').slice(0, 60),
      // What only the server has words for is said by its status.
      refusal: typeof reason === 'string' ? { reason, ...refusal } : { reason: 'answered', status },
    });
    const query = new URLSearchParams({ refused: '', next: toLocalPath(form.get('next')) });
    return leadTo(`${page}?${query}`, [
      `${AUTH_FORM_COOKIE}=${shown}; Path=${page}; Max-Age=${FORM_SECONDS}; HttpOnly; SameSite=Lax${secure}`,
    ]);
  }

  async function toRefusal(response: Response): Promise<AuthRefusal> {
    const { retryAfterMs: _retryAfterMs, ...refusal } = toAuthRefusal(response, (await response.json()) as AuthFailure);
    return refusal;
  }

  routes.anyone('POST', '/api/sign-in', async ({ request }) => {
    const form = await readForm(request);
    const response = await ask(request, 'sign-in/email', toCredentials(form));
    if (!response.ok) return refuse('/sign-in', form, await toRefusal(response), response.status);
    const next = toLocalPath(form.get('next'));
    const { twoFactorRedirect } = (await response.json()) as { twoFactorRedirect?: boolean };
    const target = twoFactorRedirect === true ? `/sign-in?${new URLSearchParams({ code: '', next })}` : next;
    return leadTo(target, response.headers.getSetCookie());
  });

  routes.anyone('POST', '/api/sign-up', async ({ request }) => {
    const form = await readForm(request);
    const credentials = toCredentials(form);
    const signedUp = await ask(request, 'sign-up/email', { ...credentials, name: (form.get('name') ?? '').trim() });
    if (!signedUp.ok) return refuse('/sign-up', form, await toRefusal(signedUp), signedUp.status);
    // The server does not say whether the address had an account: only its owner can sign in to it.
    const response = await ask(request, 'sign-in/email', credentials);
    if (!response.ok) return refuse('/sign-up', form, { reason: 'mayHaveAccount', field: 'email' });
    return leadTo('/', response.headers.getSetCookie());
  });
}

async function readForm(request: Request): Promise<URLSearchParams> {
  return new URLSearchParams(new TextDecoder().decode(await readBytes(request, { bodyBytesMax: BODY_BYTES_MAX })));
}

function toCredentials(form: URLSearchParams): { email: string; password: string } {
  return { email: (form.get('email') ?? '').trim(), password: form.get('password') ?? '' };
}

function leadTo(location: string, cookies: readonly string[]): Response {
  const headers = new Headers({ Location: location });
  for (const cookie of cookies) headers.append('Set-Cookie', cookie);
  return new Response(null, { status: 303, headers });
}
