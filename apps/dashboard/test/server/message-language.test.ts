import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { shareTranslations } from '../../server/i18n/translation.ts';
import { subjectOf, writeLetter, type Message } from '../../server/mail/messages.ts';
import { openTestDashboard, ORIGIN, PASSWORD, type Person, type TestDashboard } from './support/dashboard.ts';

let dashboard: TestDashboard;
beforeAll(async () => {
  shareTranslations();
  dashboard = await openTestDashboard();
});
afterAll(() => dashboard.end());

async function findMessage({ email }: Pick<Person, 'email'>, kind: Message['kind']): Promise<Message> {
  return vi.waitFor(() => {
    const message = dashboard.messages.findLast((one) => one.to === email && one.kind === kind);
    if (message === undefined) throw new Error(`No message "${kind}" to ${email} yet.`);
    return message;
  });
}

/** Somebody, who may be a stranger, asks for a new password. Resolves to the locale of the message. */
async function askForReset(person: Person, headers: Record<string, string>): Promise<string | undefined> {
  dashboard.messages.length = 0;
  await dashboard.send('/api/auth/request-password-reset', { body: { email: person.email }, headers });
  return (await findMessage(person, 'reset')).locale;
}

async function readLocale({ id }: Person): Promise<string | null | undefined> {
  const { rows } = await dashboard.database.pool.query<{ locale: string | null }>(
    'SELECT locale FROM dashboard_profiles WHERE user_id = $1',
    [id],
  );
  return rows[0]?.locale;
}

function choose(person: Person | null, language: string): Promise<Response> {
  const headers = { origin: ORIGIN, 'accept-language': 'de-AT', ...(person === null ? {} : { cookie: person.cookie }) };
  return dashboard.fetch(new Request(`${ORIGIN}/api/language?language=${language}`, { method: 'POST', headers }));
}

test('messages have the language that somebody signed up with, also where a stranger asks for them', async () => {
  const person = await dashboard.signUp('franzi', { headers: { 'accept-language': 'de-AT,en' } });
  expect((await findMessage(person, 'verify')).locale).toBe('de-AT');
  expect(await askForReset(person, { 'accept-language': 'es-ES' })).toBe('de-AT');
});

test('a chosen language replaces it: when it is chosen, or with the next sign-in of the browser', async () => {
  const person = await dashboard.signUp('karim', { headers: { 'accept-language': 'de-AT' } });
  await choose(person, 'ar');
  // Nobody is signed in: the cookie alone has it.
  await choose(null, 'pt');
  expect(await askForReset(person, { 'accept-language': 'en' })).toBe('ar-AT-u-nu-latn');
  const signIn = (cookie: string) =>
    dashboard.send('/api/auth/sign-in/email', {
      body: { email: person.email, password: PASSWORD },
      headers: { cookie, 'accept-language': 'en-US' },
    });
  await signIn('a=b');
  expect(await readLocale(person)).toBe('ar-AT-u-nu-latn');
  await signIn('language=pt');
  expect(await readLocale(person)).toBe('pt-US');
});

test('a closed account leaves no language behind', async () => {
  const person = await dashboard.signUp('gone', { headers: { 'accept-language': 'es-MX' } });
  expect(await readLocale(person)).toBe('es-MX');
  await dashboard.send('/api/user/close', { as: person, body: { password: PASSWORD } });
  expect(await readLocale(person)).toBeNull();
});

test('a letter is written in its language, from right to left in Arabic', () => {
  const details = { available: 1_200, runway: 'bis Di 14:20 (UTC)' };
  const link = 'https://panel.example/#a';
  const german = writeLetter({ kind: 'low', link, details, locale: 'de-DE' });
  expect(german.subject).toContain('Deine Credits gehen zur Neige');
  expect(german.text).toContain(
    'Du hast noch 1.200 Credits. Was du pro Stunde bezahlst, ist bis Di 14:20 (UTC) bezahlt.',
  );
  expect(german.html).toContain('<html lang="de">');
  const arabic = writeLetter({ kind: 'verify', link, locale: 'ar-EG-u-nu-latn' });
  expect(arabic.html).toContain('<html lang="ar" dir="rtl">');
  expect(arabic.text).toContain(`\n${link}\n`);
  const kinds = ['verify', 'reset', 'change', 'changing', 'low', 'exhausted', 'restored'] as const;
  for (const locale of ['de-DE', 'es-ES', 'pt-BR', 'ar-EG-u-nu-latn']) {
    for (const kind of kinds) {
      const runway = { available: 5, runway: null };
      const { subject, text } = writeLetter({ kind, link: null, details: runway, locale });
      const english = writeLetter({ kind, link: null, details: runway });
      expect(subject).not.toBe(english.subject);
      const lines = english.text.split('\n\n').slice(0, -1);
      expect(lines.filter((line) => text.includes(line))).toEqual([]);
    }
  }
});

test('who runs the dashboard reads the subjects in English', async () => {
  expect(subjectOf('low')).toBe('Your credits run low');
  const person = await dashboard.signUp('heidi', { headers: { 'accept-language': 'de' } });
  await findMessage(person, 'verify');
  await vi.waitFor(async () => {
    const { rows } = await dashboard.database.pool.query<{ subject: string }>(
      'SELECT subject FROM dashboard_messages WHERE recipient = $1',
      [person.email],
    );
    expect(rows).toEqual([{ subject: 'Confirm your e-mail address' }]);
  });
});
