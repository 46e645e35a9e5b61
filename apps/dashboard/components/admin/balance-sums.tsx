import { useTranslations } from 'next-intl';

import { SumLine } from '@/components/balance/sum-line';
import { Amount } from '@/components/credits/activity/amount';
import { Card, CardContent, CardHeader, CardTitle } from '@/components/ui/card';
import { ACTIVITY_GROUPS } from '@/lib/activity';
import type { ActivityTotalsAnswer } from '@/lib/api';
import { formatChange } from '@/lib/format';

/** The balance as the sum of everything that happened, kind by kind. */
export function BalanceSums({ totals }: { totals: ActivityTotalsAnswer['data'] }) {
  const t = useTranslations('admin-users.one');
  const tActivity = useTranslations('activity');
  const groups = ACTIVITY_GROUPS.flatMap((group) => totals.groups.filter((sum) => sum.group === group));
  return (
    <Card>
      <CardHeader>
        <CardTitle>{t('balance')}</CardTitle>
      </CardHeader>
      <CardContent className="pt-3">
        <dl className="grid text-sm tabular-nums">
          {groups
            .filter(({ change }) => change !== 0)
            .map(({ group, count, change }) => (
              <SumLine key={group} value={formatChange(change)}>
                {tActivity(`groups.${group}`)}
                <span className="ms-1.5 text-[0.8125rem] text-muted-foreground">{t('times', { count })}</span>
              </SumLine>
            ))}
          <SumLine value={<Amount amount={totals.balance.available} className="text-base" />} isSum>
            {t('available')}
          </SumLine>
        </dl>
      </CardContent>
    </Card>
  );
}
