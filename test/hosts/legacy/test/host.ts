import { test as base, expect, type BrowserContext, type Page, type Request } from '@playwright/test';
import { expectCredits, headerDisplay, letPass } from '../../../../apps/dashboard/test/support/display.ts';
import { findUnexplainedFrames, recordFrames, type Frame } from '../../../../apps/dashboard/test/support/frames.ts';
import type { Behaviour, Manner } from '../server/behaviour.ts';
import type { Order, Sight } from '../server/control.ts';
import type { Player } from '../server/world.ts';

export { expect, expectCredits, headerDisplay, letPass };

export const ME = '/api/user/me';
export const CREATE = '/api/servers/create';

/** What an earlier visit left behind as the user's coins: nobody's balance by now. */
const REMEMBERED = 777_777;

/** A player of the host, with a browser that has signed in on an earlier visit. */
export interface Person {
  player: Player;
  context: BrowserContext;
  /** How a path answers this person from now on. */
  behave(path: string, behaviour: Behaviour | Manner): Promise<void>;
  /** Waits until a request is held at this path. */
  waitForHeld(path: string): Promise<void>;
  /** Lets everything go on that is held at this path, and behaves again. */
  release(path: string): Promise<void>;
  /** Moves coins without a request of the person: an admin, a job, another player. */
  grant(amount: number): Promise<void>;
  endSession(): Promise<void>;
  look(): Promise<Sight>;
}

interface Host {
  signUp(options: { coins: number; role?: 0 | 1; visited?: boolean }): Promise<Person>;
}

export const test = base.extend<{ host: Host }>({
  host: async ({ browser, request, contextOptions, baseURL }, use) => {
    const contexts: BrowserContext[] = [];
    async function order<Answer>(body: Order): Promise<Answer> {
      const answer = await request.post('/api/control', { data: body });
      if (!answer.ok()) throw new Error(`${body.do} was answered ${answer.status()}.`);
      return (await answer.json()) as Answer;
    }

    await use({
      async signUp({ coins, role = 1, visited = true }) {
        const player = await order<Player>({ do: 'sign-up', coins, role });
        const context = await browser.newContext(contextOptions);
        contexts.push(context);
        if (visited) await remember(context, player, baseURL ?? '');
        const { id } = player;
        return {
          player,
          context,
          behave: async (path, how) => {
            const behaviour = typeof how === 'string' ? { how } : how;
            await order({ do: 'behave', player: id, path, behaviour });
          },
          waitForHeld: (path) =>
            expect.poll(async () => (await order<Sight>({ do: 'look', player: id })).held[path] ?? 0).toBe(1),
          release: (path) => order({ do: 'release', player: id, path }),
          grant: (amount) => order({ do: 'grant', player: id, amount }),
          endSession: () => order({ do: 'end-session', player: id }),
          look: () => order<Sight>({ do: 'look', player: id }),
        };
      },
    });
    for (const context of contexts) await context.close();
  },
});

/** Leaves in the browser what a visit leaves: the session's cookies, and the user store in the storage. */
async function remember(context: BrowserContext, player: Player, baseURL: string): Promise<void> {
  const { password, ...user } = player;
  const signedIn = await context.request.post(`${baseURL}/api/auth/login`, {
    data: { identifier: player.username, password },
  });
  expect(signedIn.status()).toBe(200);
  const state = { isAuthenticated: true, currentUser: { ...user, coins: REMEMBERED }, sessionToken: null };
  await context.addInitScript(
    ([key, value]) => {
      if (localStorage.getItem(key) === null) localStorage.setItem(key, value);
    },
    ['auth-store', JSON.stringify({ state, version: 0 })] as const,
  );
}

/** A page of this person, with the header's number on it. */
export async function openPage(person: Person, path = '/'): Promise<Page> {
  const page = await person.context.newPage();
  await page.goto(path);
  await expectCredits(page, (await person.look()).coins);
  return page;
}

/** The same, with a clock that a test can move; it runs as a real one where it is left alone. */
export async function openPageWithClock(person: Person, path = '/') {
  const page = await person.context.newPage();
  await page.clock.install();
  const polls = watchPolls(page);
  await page.goto(path);
  await expectCredits(page, (await person.look()).coins);
  await expectIdle(page);
  return { page, polls };
}

/** How often a page has asked for the balance. */
export function watchPolls(page: Page): () => number {
  let count = 0;
  page.on('request', (request: Request) => {
    if (new URL(request.url()).pathname === ME) count += 1;
  });
  return () => count;
}

/** Waits until no question for the balance is out: what comes next is planned. */
export async function expectIdle(page: Page): Promise<void> {
  await expect(headerDisplay(page).getByRole('button').first()).toHaveAttribute('aria-busy', 'false');
}

/** What the header says of its number. */
export async function expectName(page: Page, name: string | RegExp, options?: { timeout: number }): Promise<void> {
  await expect(headerDisplay(page).getByRole('button').first()).toHaveAccessibleName(name, options);
}

/** The host's own copy of the coins, as the browser's storage has it. */
export async function readStoredCoins(page: Page): Promise<unknown> {
  return page.evaluate(() => {
    const stored = JSON.parse(localStorage.getItem('auth-store') ?? '{}') as {
      state?: { currentUser?: { coins?: unknown } | null };
    };
    return stored.state?.currentUser?.coins;
  });
}

/** The tab is left and looked at again, after which a page asks at once. The runner cannot do it, so the page is told. */
export async function lookAway(page: Page): Promise<void> {
  await page.evaluate(setVisibility, 'hidden');
}
export async function lookBack(page: Page): Promise<void> {
  await page.evaluate(setVisibility, 'visible');
}

function setVisibility(state: string): void {
  Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state });
  Object.defineProperty(document, 'hidden', { configurable: true, get: () => state === 'hidden' });
  document.dispatchEvent(new Event('visibilitychange'));
}

/** Buys a server on the home page, as documented. */
export async function buy(page: Page, plan: 'small' | 'medium' | 'large'): Promise<void> {
  await page.getByRole('button', { name: `Buy for ${COSTS[plan]}` }).click();
}
export const COSTS = { small: 60, medium: 100, large: 240 };

/** What a purchase ended as, in the host's words. */
export async function expectOutcome(page: Page, plan: 'small' | 'medium' | 'large', words: RegExp): Promise<void> {
  await expect(page.locator(`[data-plan="${plan}"]`)).toHaveText(words, { timeout: 30_000 });
}

/** Waits until nothing is pending and the header has the host's number. */
export async function expectSettled(page: Page, person: Person): Promise<void> {
  await expectCredits(page, (await person.look()).coins, { timeout: 30_000 });
  await expect(headerDisplay(page).locator('[data-note="pending"]')).toHaveCount(0, { timeout: 30_000 });
}

/** Everything that the header painted from now on: the numbers, in order, and every frame of the digits between them. */
export async function watchPainted(page: Page): Promise<{
  /** Numbers that followed each other; null for none. */
  numbers(): Promise<(number | null)[]>;
  /** Frames whose digits spell anything but these numbers or the way from one to the next. */
  unexplained(coins: readonly number[]): Promise<string[]>;
}> {
  const readFrames = await recordFrames(page);
  return {
    numbers: async () => toNumbers(await readFrames()),
    unexplained: async (coins) => findUnexplainedFrames(await readFrames(), coins, []),
  };
}

function toNumbers(frames: readonly Frame[]): (number | null)[] {
  const numbers = frames.flatMap(({ targets }) => targets);
  return numbers.filter((number, index) => index === 0 || number !== numbers[index - 1]);
}
