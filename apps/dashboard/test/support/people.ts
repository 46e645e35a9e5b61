import {
  test as base,
  type APIRequestContext,
  type Browser,
  type BrowserContext,
  type Page,
  type PlaywrightWorkerArgs,
} from '@playwright/test';
import type { AdminAdjustAnswer } from '../../lib/admin-api.ts';
import type { MeAnswer } from '../../lib/api.ts';

/**
 * Users for browser tests: each signs up for one test alone, from an address of their own. No test sees
 * another's credits or runs into the limits that guard signing in.
 */

const PASSWORD = 'a long enough password';
/** The dashboard's own under test: `npm test` sets it for both. By hand: what `npm start` printed. */
const DEMO_PASSWORD = process.env['DEMO_PASSWORD'] ?? '';

let people = 0;

/** A different client address for each person: the test server trusts its proxy, and here we are the proxy. */
function nextAddress(): string {
  people += 1;
  // A worker that replaces a failed one counts from 0 again, and must not use the addresses of the one before.
  const worker = Number(process.env['TEST_WORKER_INDEX'] ?? 0) % 250;
  return `10.${worker}.${Math.floor(people / 250)}.${(people % 250) + 1}`;
}

export interface Person {
  /** The ledger account, too. */
  id: string;
  email: string;
  username: string;
  /** One browser, signed in as this person. */
  context: BrowserContext;
  /** Requests with this person's session, outside of any page. */
  request: APIRequestContext;
}

export interface People {
  /** Signs up someone new, with this many credits, perhaps by somebody's link. */
  signUp(options?: { credits?: number; referral?: string }): Promise<Person>;
  /** Another browser of the same person. */
  secondBrowser(person: Person): Promise<BrowserContext>;
  /** An administrator's session. */
  admin(): Promise<APIRequestContext>;
  /** What an administrator gives or takes, as the administrator's page would ask for it. */
  adjust(person: Pick<Person, 'id'>, amount: number, reason?: string): Promise<AdminAdjustAnswer>;
}

/** Tests with people. `page` is signed out; use `person.context.newPage()`. */
export const test = base.extend<{ people: People }, { adminRequest: APIRequestContext }>({
  adminRequest: [
    async ({ playwright }, provide, worker) => {
      const request = await openAdmin(playwright, worker.project.use.baseURL ?? '');
      await provide(request);
      await request.dispose();
    },
    { scope: 'worker' },
  ],
  people: async ({ browser, adminRequest, baseURL, contextOptions, locale, timezoneId, viewport }, provide) => {
    const contexts: BrowserContext[] = [];
    const origin = new URL(baseURL ?? '').origin;
    const open = async (browserToUse: Browser): Promise<BrowserContext> => {
      const context = await browserToUse.newContext({
        ...contextOptions,
        ...(baseURL === undefined ? {} : { baseURL }),
        ...(locale === undefined ? {} : { locale }),
        ...(timezoneId === undefined ? {} : { timezoneId }),
        viewport: viewport ?? null,
        extraHTTPHeaders: { 'x-forwarded-for': nextAddress() },
      });
      contexts.push(context);
      return context;
    };

    const adjust: People['adjust'] = async ({ id }, amount, reason = 'A gift for a test') => {
      const answer = await adminRequest.post(`/api/admin/users/${id}/coins`, { data: { amount, reason } });
      if (!answer.ok()) throw new Error(`Adjusting was answered ${answer.status()}: ${await answer.text()}`);
      return (await answer.json()) as AdminAdjustAnswer;
    };

    await provide({
      adjust,
      admin: async () => adminRequest,
      signUp: async ({ credits = 1_000, referral } = {}) => {
        const context = await open(browser);
        // As a person would: the link is opened first.
        if (referral !== undefined) await context.request.get(`/sign-up?ref=${referral}`);
        const name = `t${process.pid.toString(36)}${Date.now().toString(36)}${people}`;
        const email = `${name}@example.test`;
        const answer = await context.request.post('/api/auth/sign-up/email', {
          headers: { origin },
          data: { email, password: PASSWORD, name: `Test ${people}`, username: name },
        });
        if (!answer.ok()) throw new Error(`Signing up was answered ${answer.status()}: ${await answer.text()}`);
        await signIn(context.request, { email, password: PASSWORD, origin });
        const { user } = await readMe(context.request);
        if (credits !== user.coins) await adjust(user, credits - user.coins);
        return { id: user.id, email, username: user.username, context, request: context.request };
      },
      secondBrowser: async (person) => {
        const context = await open(browser);
        await signIn(context.request, { email: person.email, password: PASSWORD, origin });
        return context;
      },
    });
    await Promise.all(contexts.map((context) => context.close()));
  },
});

export { expect } from '@playwright/test';

/** An administrator's session in the dashboard at this address. The caller disposes of it. */
export async function openAdmin(
  { request: requests }: PlaywrightWorkerArgs['playwright'],
  baseURL: string,
): Promise<APIRequestContext> {
  const request = await requests.newContext({
    baseURL,
    extraHTTPHeaders: { 'x-forwarded-for': nextAddress(), origin: new URL(baseURL).origin },
  });
  await signIn(request, { email: 'admin@demo.test', password: DEMO_PASSWORD });
  return request;
}

/** Signs in by the same request as the sign-in page. */
export async function signIn(
  request: APIRequestContext,
  { email, password, origin }: { email: string; password: string; origin?: string },
): Promise<void> {
  const answer = await request.post('/api/auth/sign-in/email', {
    ...(origin === undefined ? {} : { headers: { origin } }),
    data: { email, password },
  });
  if (!answer.ok()) throw new Error(`Signing in as ${email} was answered ${answer.status()}: ${await answer.text()}`);
}

/** The truth, asked from the server. */
export async function readMe(request: APIRequestContext): Promise<MeAnswer> {
  const answer = await request.get('/api/user/me');
  if (!answer.ok()) throw new Error(`GET /api/user/me was answered ${answer.status()}: ${await answer.text()}`);
  return (await answer.json()) as MeAnswer;
}

/** A page of this person, with the header's number on it. */
export async function openPage(person: Pick<Person, 'context'>, path = '/'): Promise<Page> {
  const page = await person.context.newPage();
  await page.goto(path);
  return page;
}
