import { useLocale, useTranslations } from 'next-intl';

import { languageOf } from '@/lib/languages';

/** What the checks of the server say, in English, and the texts of `auth.issues`. */
const ISSUES = [
  [/^must not be empty$/, 'empty'],
  [/^must have at least (\d+) characters$/, 'short'],
  [/^must have at most (\d+) characters$/, 'long'],
  [/^must be plain text/, 'plain'],
  [/^must have a letter or a digit$/, 'letter'],
  [/^may have letters, digits/, 'letters'],
  [/^is reserved/, 'reserved'],
  [/^is no e-mail address$/, 'address'],
] as const;

/** Writes what is wrong with a field, which the server says in English, in the language of the page. */
export function useIssue(): (issue: string) => string {
  const t = useTranslations('auth.issues');
  const language = languageOf(useLocale());
  return (issue) => {
    if (language === 'en') return issue;
    for (const [pattern, key] of ISSUES) {
      const found = pattern.exec(issue);
      if (found !== null) return t(key, { count: Number(found[1]) });
    }
    return t('other');
  };
}
