import { BRANDING } from '../branding.ts';
import { readTranslation } from '../components/credits/translations.ts';
import { readLocale } from '../components/credits/locale.ts';

const { one, many } = BRANDING.unit;
const TITLE = many.charAt(0).toUpperCase() + many.slice(1);

/**
 * What people own, in the language of the page: `credit`, `credits`, and `Credits` where a sentence or a label begins.
 * Read each time: a server renders for many people.
 */
export const UNIT = {
  get one(): string {
    return UNIT.of(1);
  },
  get many(): string {
    return readTranslation().unit?.many ?? many;
  },
  get title(): string {
    return readTranslation().unit?.title ?? TITLE;
  },
  /** The form that follows a number. */
  of(amount: number): string {
    const forms = readTranslation().unit?.forms;
    if (forms === undefined) return amount === 1 ? one : many;
    return forms[new Intl.PluralRules(readLocale()).select(amount)] ?? forms.other;
  },
};
