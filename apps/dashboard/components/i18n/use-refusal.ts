import { useLocale, useTranslations } from 'next-intl';
import { useCallback } from 'react';

import { languageOf } from '@/lib/languages';

/**
 * Says why something was refused or failed. In English it is the server's own sentence, which has values; in other
 * languages the text of its code. The page gives it the area `errors`.
 */
export function useRefusal(): (cause: unknown) => string {
  const t = useTranslations('errors');
  const language = languageOf(useLocale());
  return useCallback(
    (cause) => {
      const { code, message } = (cause ?? {}) as { code?: unknown; message?: unknown };
      if (language === 'en') return typeof message === 'string' ? message : t('internal');
      return typeof code === 'string' && t.has(code as 'internal') ? t(code as 'internal') : t('internal');
    },
    [t, language],
  );
}
