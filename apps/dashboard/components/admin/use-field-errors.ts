import { useLocale, useTranslations } from 'next-intl';

import type { SendFailure } from '@/components/credits/send';
import { languageOf } from '@/lib/languages';

/** What the server refused at which field: in its own words in English, otherwise that it is not valid. */
export function useFieldErrors(): (failure: SendFailure) => Record<string, string> {
  const t = useTranslations('admin-shared');
  const isEnglish = languageOf(useLocale()) === 'en';
  return ({ errors = [] }) =>
    Object.fromEntries(errors.map(({ path, message }) => [path, isEnglish ? message : t('invalid')]));
}
