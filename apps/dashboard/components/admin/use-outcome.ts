import { useLocale, useTranslations } from 'next-intl';

import type { AdminAdjustAnswer } from '@/lib/admin-api';
import { formatCreditsWithUnit } from '@/lib/format';
import { languageOf } from '@/lib/languages';

/** The outcome of an adjustment: in the server's own words in English, otherwise from its response. */
export function useOutcome(): (answer: AdminAdjustAnswer, outcome: { name: string; approved: boolean }) => string {
  const t = useTranslations('admin-shared.outcome');
  const isEnglish = languageOf(useLocale()) === 'en';
  return ({ data, message }, { name, approved }) => {
    if (isEnglish) return message;
    if (data === null) return t(approved ? 'waiting' : 'rejected');
    // Of a reversal, the answer may be about the other side, and has no balance.
    if (data.balance_before === data.balance_after) return t('reversed');
    return t('has', { name, amount: formatCreditsWithUnit(data.balance_after) });
  };
}
