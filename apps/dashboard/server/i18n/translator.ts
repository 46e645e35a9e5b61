import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTranslator } from 'next-intl';
import type emails from '../../messages/en/emails.json';
import type unavailable from '../../messages/en/unavailable.json';
import { languageOf } from '../../lib/languages.ts';

/** What the server writes by itself, outside of the pages. */
interface ServerMessages {
  emails: typeof emails;
  unavailable: typeof unavailable;
}

const MESSAGES = join(import.meta.dirname, '../../messages');

const read = new Map<string, unknown>();

/** Writes the texts of an area for a locale such as `de-AT`. */
export function translatorOf<Area extends keyof ServerMessages>(locale: string, area: Area) {
  const path = `${languageOf(locale)}/${area}.json`;
  if (!read.has(path)) read.set(path, JSON.parse(readFileSync(join(MESSAGES, path), 'utf8')));
  const messages = { [area]: read.get(path) } as Pick<ServerMessages, Area>;
  return createTranslator<ServerMessages, Area>({ locale, messages: messages as ServerMessages, namespace: area });
}
