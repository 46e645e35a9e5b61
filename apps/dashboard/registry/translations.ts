import { readLocale } from '@/components/credits/locale';

/** A text of `messages.ts` in another language: `{name}` is filled in, and a count chooses between the forms of a plural. */
export type Message = string | ({ other: string } & Partial<Record<Intl.LDMLPluralRule, string>>);

/** The texts of `messages.ts` by language. What is missing stays English. */
const TRANSLATIONS: Partial<Record<string, Partial<Record<string, Message>>>> = {
  // de: { toSpend: 'Verfügbare Credits', refresh: 'Aktualisieren', days: { one: '{days} Tag', other: '{days} Tage' } },
};

/** The texts of the page's language: of `data-locale` of `<html>`, see `locale.ts`. */
export function readTranslation(): { texts: Partial<Record<string, Message>> } {
  const language = readLocale().split('-', 1)[0] ?? 'en';
  return { texts: TRANSLATIONS[language] ?? {} };
}
