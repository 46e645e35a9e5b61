// @vitest-environment happy-dom
import { toBalance, type Snapshot } from 'realtime-credits';
import { createElement, type ComponentType, type ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, test, vi } from 'vitest';
import type { Branding } from '@/lib/branding-shape';
import { writeLetter, type MessageKind } from '@/server/mail/messages';

vi.mock('@/branding', async () => ({ BRANDING: (await import('./blocks.ts')).BLOCKS }));
vi.mock('next/navigation', () => ({
  useRouter: () => ({ push: () => undefined, refresh: () => undefined }),
  usePathname: () => '/',
  useSearchParams: () => new URLSearchParams(),
}));
vi.mock('next/headers', () => ({ headers: async () => new Headers() }));
vi.mock('next-intl/server', async () => (await import('../support/texts.tsx')).SERVER);
vi.mock('geist/font/sans', () => ({ GeistSans: { variable: '' } }));
vi.mock('geist/font/mono', () => ({ GeistMono: { variable: '' } }));

vi.mock('@/server/runtime', () => ({ getRuntime: () => ({ facts: { socialProviders: [], demo: null } }) }));

const { Texts } = await import('../support/texts.tsx');
const { BLOCKS } = await import('./blocks.ts');

/** Nothing of the first brand: its name, its unit as a word, its colours, its coin and its mark. */
function expectNoTrace(html: string): void {
  const text = html.replaceAll(/(?:class|href|id|data-[\w-]+)="[^"]*"/g, '').replaceAll(/--credits[\w-]*/g, '');
  expect(text).not.toMatch(/real-time|\bcredits?\b/i);
  expect(html).not.toMatch(/#955b01|#f4be47|M12 7 16 12|M25\.6 9\.2/i);
}

const LETTERS: MessageKind[] = ['verify', 'reset', 'change', 'changing', 'low', 'exhausted', 'restored'];

test.each(LETTERS)('the message %s is of the other brand', (kind) => {
  const details = { available: 12, runway: 'until Tue 14:20 (UTC)' };
  const { subject, text, html } = writeLetter({ kind, link: 'https://panel.example/x', details });
  for (const part of [subject, text, html]) {
    expect(part).toContain('Blockforge');
    expectNoTrace(part);
  }
});

test('a message counts in the other unit', () => {
  const write = (available: number) => writeLetter({ kind: 'low', link: null, details: { available, runway: null } });
  expect(write(1).text).toContain('You have 1 gem left.');
  expect(write(2).text).toContain('You have 2 gems left.');
});

const SNAPSHOT: Snapshot = {
  account: 'u1',
  epoch: 'e1',
  version: 1,
  from: 1,
  balance: toBalance(75, 10),
  applied: [],
};

const element = (component: unknown, props: object = {}) => createElement(component as ComponentType<object>, props);

/** Parts of pages, and pages that read nothing. */
const PARTS: [what: string, load: () => Promise<ReactNode>][] = [
  ['the word mark', async () => element((await import('@/components/brand/logo')).Wordmark)],
  ['the coin', async () => element((await import('@/components/credits/coin')).Coin)],
  ['the frame of the sign-in', async () => element((await import('@/components/auth/auth-frame')).AuthFrame)],
  [
    'the sign-up',
    async () => (await import('@/app/(auth)/sign-up/page')).default({ searchParams: Promise.resolve({}) }),
  ],
  [
    'the sign-in',
    async () => (await import('@/app/(auth)/sign-in/page')).default({ searchParams: Promise.resolve({}) }),
  ],
  ['a page that is missing', async () => element((await import('@/app/not-found')).default)],
  ['the last resort', async () => element((await import('@/app/global-error')).default, { error: new Error('x') })],
  [
    'the navigation',
    async () => element((await import('@/components/shell/sidebar')).SidebarNavigation, { admin: true, demo: true }),
  ],
  [
    'the display',
    async () => element((await import('@/components/CreditsDisplay')).default, { showLabel: true, initial: SNAPSHOT }),
  ],
  [
    'the balance',
    async () => element((await import('@/components/balance/balance-card')).BalanceCard, { initial: SNAPSHOT }),
  ],
  [
    'transfers',
    async () =>
      element((await import('@/components/transfers/transfer-form')).TransferForm, {
        snapshot: SNAPSHOT,
        username: 'u',
      }),
  ],
  [
    'settings',
    async () =>
      element((await import('@/components/settings/messages-card')).MessagesCard, { on: true, verified: true }),
  ],
];

describe('pages', () => {
  test.each(PARTS)('%s is of the other brand', async (_what, load) => {
    const html = renderToStaticMarkup(<Texts>{await load()}</Texts>);
    expect(html.length).toBeGreaterThan(20);
    expectNoTrace(html);
  });

  test('titles, description, icon and manifest are of the other brand', async () => {
    const metadata = (await import('@/app/layout')).generateMetadata();
    const manifest = (await import('@/app/manifest')).default();
    const icon = await (await import('@/app/icon')).default().text();
    expect(metadata.title).toEqual({ default: 'Blockforge', template: '%s · Blockforge' });
    expect(manifest).toMatchObject({ name: 'Blockforge', short_name: 'Blockforge' });
    expect(icon).toContain(BLOCKS.mark.paths[0]?.d);
    for (const text of [JSON.stringify(metadata), JSON.stringify(manifest), icon]) expectNoTrace(text);
  });

  test('the accent of the other brand is what the variables are', async () => {
    const { AccentStyle } = await import('@/components/brand/accent-style');
    const html = renderToStaticMarkup(createElement(AccentStyle));
    expect(html).toContain(`:root{--credits:${BLOCKS.accent.light}`);
    expect(html).toContain(`.dark{--credits:${BLOCKS.accent.dark}`);
    expectNoTrace(html);
  });

  test('a link to the documentation is there only where the brand has one', async () => {
    const { AuthFrame } = await import('@/components/auth/auth-frame');
    expect(renderToStaticMarkup(<Texts>{element(AuthFrame)}</Texts>)).not.toContain('/docs/');
  });
});

test('the other brand can be read', async () => {
  const { findAccentProblems } = await import('@/lib/accent');
  expect(findAccentProblems((BLOCKS satisfies Branding).accent)).toEqual([]);
});
