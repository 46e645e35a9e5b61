import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createTranslator,
  NextIntlClientProvider,
  type Messages,
  type NamespaceKeys,
  type NestedKeyOf,
} from 'next-intl';
import type { ReactNode } from 'react';
import { AREAS } from '../../i18n/areas.ts';
import type { Translator } from '../../i18n/translator.ts';
import { languageOf } from '../../lib/languages.ts';

const MESSAGES = join(import.meta.dirname, '../../messages');

/** The texts of all areas, as the files have them. */
export function readTexts(locale: string): Messages {
  const read = (area: string): unknown =>
    JSON.parse(readFileSync(join(MESSAGES, languageOf(locale), `${area}.json`), 'utf8'));
  return Object.fromEntries(AREAS.map((area) => [area, read(area)])) as unknown as Messages;
}

/** What `useTranslations` gives a component. */
export function translator<Name extends NamespaceKeys<Messages, NestedKeyOf<Messages>>>(
  namespace: Name,
  locale = 'en-GB',
): Translator<Name> {
  return createTranslator({ locale, messages: readTexts(locale), namespace });
}

/** Around a component of a page. */
export function Texts({ locale = 'en-GB', children }: { locale?: string; children: ReactNode }) {
  return (
    <NextIntlClientProvider locale={locale} messages={readTexts(locale)} timeZone="UTC">
      {children}
    </NextIntlClientProvider>
  );
}

/** In place of `next-intl/server`, which only Next's own server offers. */
export const SERVER = {
  getTranslations: async (namespace: NamespaceKeys<Messages, NestedKeyOf<Messages>>) => translator(namespace),
  getMessages: async () => readTexts('en-GB'),
};
