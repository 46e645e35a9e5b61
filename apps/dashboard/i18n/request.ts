import { getRequestConfig } from 'next-intl/server';

import { readLocale } from '../components/credits/locale';
import { languageOf, type Language } from '../lib/languages';
import { AREAS, type Area, type PageMessages } from './areas';

/** How next-intl renders a page: in the locale that the server found for the request, and no part of its address. */
export default getRequestConfig(async () => {
  const locale = readLocale();
  return { locale, messages: await readMessages(languageOf(locale)), timeZone: 'UTC' };
});

async function readMessages(language: Language): Promise<PageMessages> {
  const read = async (area: Area) => {
    const { default: texts } = (await import(`../messages/${language}/${area}.json`)) as { default: object };
    return [area, texts] as const;
  };
  return Object.fromEntries(await Promise.all(AREAS.map(read))) as unknown as PageMessages;
}
