/** The languages of the pages, each as its own speakers call it. `tag` is what `<html lang>` says. */
export const LANGUAGES = {
  en: { name: 'English', tag: 'en', dir: 'ltr' },
  de: { name: 'Deutsch', tag: 'de', dir: 'ltr' },
  es: { name: 'Español', tag: 'es', dir: 'ltr' },
  pt: { name: 'Português (Brasil)', tag: 'pt-BR', dir: 'ltr' },
  ar: { name: 'العربية', tag: 'ar', dir: 'rtl' },
} as const;

export type Language = keyof typeof LANGUAGES;

/** Holds the language that somebody chose; without it the browser's languages decide. */
export const LANGUAGE_COOKIE = 'language';

export function isLanguage(value: unknown): value is Language {
  return typeof value === 'string' && Object.hasOwn(LANGUAGES, value);
}

/** The language of a locale such as `de-AT`. */
export function languageOf(locale: string): Language {
  const language = locale.split('-', 1)[0];
  return isLanguage(language) ? language : 'en';
}
