/** A text of `messages.ts` in another language: `{name}` is filled in, and a count chooses between the forms of a plural. */
export type Message = string | ({ other: string } & Partial<Record<Intl.LDMLPluralRule, string>>);

export interface Translation {
  /** The forms of the unit, and of many where a label begins. */
  unit?: { title: string; many: string; forms: { other: string } & Partial<Record<Intl.LDMLPluralRule, string>> };
  texts: Partial<Record<string, Message>>;
}

/**
 * In the dashboard the server writes what the language of a page needs into the page, as the element with this id: nobody
 * downloads the languages of others. A server that renders puts a function of it at {@link TRANSLATION_OF_REQUEST}.
 */
export const TRANSLATION_ELEMENT = 'credits-translation';
export const TRANSLATION_OF_REQUEST = Symbol.for('realtime-credits.translation');

const ENGLISH: Translation = { texts: {} };

let ofPage: Translation | undefined;

/** The texts of the page's language. Those that are missing are English. */
export function readTranslation(): Translation {
  if (typeof document === 'undefined') {
    const read = (globalThis as { [TRANSLATION_OF_REQUEST]?: () => Translation | undefined })[TRANSLATION_OF_REQUEST];
    return read?.() ?? ENGLISH;
  }
  ofPage ??= JSON.parse(document.getElementById(TRANSLATION_ELEMENT)?.textContent ?? '{"texts":{}}') as Translation;
  return ofPage;
}
