import type { Translator } from '@/i18n/translator';

/** What the catalogue says of something, in the language of the page. What an operator added is shown as it was written. */
export function catalogueText(t: Translator<'servers.catalogue'>, id: string, written: string): string {
  return t.has(id as 'minecraft') ? t(id as 'minecraft') : written;
}
