import { createElement, type ComponentType, type ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { BRANDING } from '@/branding';
import { LANGUAGES, type Language } from '@/lib/languages';
import { runInLocale } from '../../server/http/request-scope.ts';
import { shareTranslations } from '../../server/i18n/translation.ts';

vi.mock('next/navigation', () => ({ useRouter: () => ({ push: () => undefined, refresh: () => undefined }) }));
vi.mock('next/headers', () => ({ headers: async () => new Headers() }));
vi.mock('@/server/runtime', () => ({
  getRuntime: () => ({
    facts: {
      socialProviders: ['discord', 'github'],
      demo: {
        users: (['player', 'friend', 'admin'] as const).map((label) => ({ email: `${label}@demo.test`, label })),
      },
    },
  }),
}));
const page = vi.hoisted(() => ({ locale: '' }));
vi.mock('next-intl/server', async () => {
  const { translator } = await import('../support/texts.tsx');
  return { getTranslations: async (namespace: 'auth') => translator(namespace, page.locale) };
});
// Also what a dialog has inside is read.
vi.mock('@/components/credits/ui/dialog', () => {
  const Part = ({ children }: { children: ReactNode }) => <div>{children}</div>;
  const names = ['', 'Close', 'Content', 'Description', 'Footer', 'Header', 'Title', 'Trigger'];
  return Object.fromEntries(names.map((name) => [`Dialog${name}`, Part]));
});

const { Texts, readTexts, translator } = await import('../support/texts.tsx');

/** What is the same in every language. */
const NAMES = [
  'npm start',
  'mara@example.test',
  'player@demo.test',
  'friend@demo.test',
  'admin@demo.test',
  'mara_3f9a1c',
  ...'Skyblock Discord GitHub Firefox Windows PIN QR UTC MARA2345 Mara Quill'.split(' '),
  BRANDING.name,
  ...Object.values(LANGUAGES).map(({ name }) => name),
];

const at = '2026-01-02T03:04:05Z';
const email = 'mara@example.test';
const user = { display_name: 'Mara', first_name: 'Mara', last_name: 'Quill' };
const attempt = { pending: false, cooldownMs: 61_000, message: undefined, fieldError: () => undefined };
const waysOf = (has_password: boolean, second_factor: boolean) => ({
  passkeys: [{ id: 'p', name: 'Mara', created_at: at }],
  has_password,
  second_factor,
  providers: ['discord'],
});

const element = (component: unknown, props: object = {}) => createElement(component as ComponentType<object>, props);
const none = { searchParams: Promise.resolve({}) };
const given = (values: object) => ({ searchParams: Promise.resolve(values) });

async function renderAll(): Promise<ReactNode[]> {
  const { describeBrowser } = await import('@/components/settings/describe-browser');
  const { UserNameCard } = await import('@/components/settings/user-name-card');
  const { EmailCard } = await import('@/components/settings/email-card');
  const { MessagesCard } = await import('@/components/settings/messages-card');
  const { SecondFactorCard } = await import('@/components/settings/second-factor-card');
  const { PasskeysCard } = await import('@/components/settings/passkeys-card');
  const { LinkedCard } = await import('@/components/settings/linked-card');
  const t = translator('settings.browser', page.locale);
  const sessions = ['Firefox/1 Windows', ''].map((agent, index) => ({
    id: agent,
    browser: describeBrowser(agent, t),
    createdAt: at,
    current: index === 0,
  }));
  return [
    element((await import('@/components/auth/auth-frame')).AuthFrame, { path: '/sign-in' }),
    await (await import('@/app/(auth)/sign-in/page')).default(none),
    await (await import('@/app/(auth)/sign-in/page')).default(given({ ended: '', social: 'refused' })),
    await (await import('@/app/(auth)/sign-up/page')).default(given({ ref: 'MARA2345' })),
    await (await import('@/app/(auth)/forgot-password/page')).default(),
    await (await import('@/app/(links)/reset-password/page')).default(),
    await (await import('@/app/(links)/verify-email/page')).default(),
    element((await import('@/components/auth/second-factor-form')).SecondFactorForm, { next: '/' }),
    element((await import('@/components/settings/profile-form')).ProfileForm, { user }),
    ...[at, null].map((lockedUntil) => element(UserNameCard, { username: 'mara_3f9a1c', lockedUntil })),
    ...[true, false].flatMap((on) => [
      element(EmailCard, { email, verified: on }),
      element(MessagesCard, { on, verified: on }),
      element(SecondFactorCard, { on }),
      element(PasskeysCard, { passkeys: waysOf(on, on).passkeys, hasPassword: on, browser: 'Firefox' }),
      element(LinkedCard, { ways: waysOf(on, false), offered: ['github'], refused: on }),
    ]),
    element(LinkedCard, {
      ways: waysOf(true, true),
      offered: ['github'],
      refused: false,
    }),
    element((await import('@/components/settings/password-form')).PasswordForm, { email }),
    element((await import('@/components/settings/first-password-card')).FirstPasswordCard, { email }),
    element((await import('@/components/settings/backup-codes')).BackupCodes, { codes: [] }),
    element((await import('@/components/settings/password-step')).PasswordStep, { title: '', action: '', attempt }),
    element((await import('@/components/settings/sessions-card')).SessionsCard, { sessions }),
    element((await import('@/components/settings/close-account-card')).CloseAccountCard),
  ];
}

/** What people read or have read out, a line for each text. */
function read(html: string): string {
  const labels = [...html.matchAll(/ (?:aria-label|title|placeholder)="([^"]*)"/g)].map(([, label]) => label);
  return [html.replaceAll(/<[^>]*>/g, '\n'), ...labels].join('\n');
}

/** All pages and cards in a language, without what is the same in every one. */
async function readPages(language: Language): Promise<string> {
  page.locale = language === 'ar' ? 'ar-EG-u-nu-latn' : language;
  const html = await runInLocale(page.locale, async () =>
    (await renderAll()).map((part) => renderToStaticMarkup(<Texts locale={page.locale}>{part}</Texts>)).join('\n'),
  );
  return NAMES.reduce((text, name) => text.replaceAll(name, ''), read(html));
}

/** The texts of an area, in pieces: what stands between their placeholders and tags. */
function toPieces(tree: object): string[] {
  return Object.values(tree).flatMap((value: object | string) =>
    typeof value === 'string' ? value.split(/<[^>]*>|\{[^{}]*\}/).map((piece) => piece.trim()) : toPieces(value),
  );
}

describe('the pages to sign in and the settings', () => {
  beforeAll(shareTranslations);

  test.each(['de', 'es', 'pt', 'ar'] as const)('have no English text in %s', async (language) => {
    const text = await readPages(language);
    const { auth, settings } = readTexts('en') as { auth: object; settings: object };
    const own = JSON.stringify(readTexts(language));
    const english = toPieces({ auth, settings }).filter((piece) => piece.length > 3 && !own.includes(piece));
    expect(english.length).toBeGreaterThan(150);
    expect(english.filter((piece) => text.split('\n').some((line) => line.trim().startsWith(piece)))).toEqual([]);
  });

  test('have no text in Arabic that is none', async () => {
    const text = await readPages('ar');
    expect(text.match(/\p{Script=Arabic}+/gu)?.length).toBeGreaterThan(500);
    expect(text.split('\n').filter((line) => /[a-z]{2}/i.test(line.replaceAll(/&#?\w+;/g, '')))).toEqual([]);
  });

  test('are in English where nothing else is wanted', async () => {
    expect(await readPages('en')).toMatch(/^Forgot your password\?$/m);
  });
});
