import { readFileSync } from 'node:fs';
import { BRANDING_TRANSLATIONS } from '../../branding.translations.ts';
import { TRANSLATION_OF_REQUEST, type Translation } from '../../components/credits/translations.ts';
import { languageOf, type Language } from '../../lib/languages.ts';
import { currentRequest } from '../http/request-scope.ts';

const MESSAGES = new URL('../../messages/', import.meta.url);

const read = new Map<Language, Translation>();

/** The texts of the display and its parts, with the unit; undefined for English, which they bring. */
export function toTranslation(language: Language): Translation | undefined {
  if (language === 'en') return undefined;
  const known = read.get(language);
  if (known !== undefined) return known;
  const texts = JSON.parse(readFileSync(new URL(`${language}/credits.json`, MESSAGES), 'utf8')) as Translation['texts'];
  const unit = BRANDING_TRANSLATIONS[language]?.unit;
  const translation: Translation = { ...(unit === undefined ? {} : { unit }), texts };
  read.set(language, translation);
  return translation;
}

/** For the pages, which are rendered by modules that Next bundled: what they share with these is global. */
export function shareTranslations(): void {
  Object.assign(globalThis, {
    [TRANSLATION_OF_REQUEST]: () => toTranslation(languageOf(currentRequest()?.locale ?? 'en')),
  });
}
