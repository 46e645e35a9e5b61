import { useTranslations } from 'next-intl';

import { LocalTime } from '@/components/credits/activity/local-time';
import { formatSpan } from '@/components/credits/format';
import { Badge } from '@/components/ui/badge';
import { Card, CardAction, CardContent, CardDescription, CardHeader, CardTitle } from '@/components/ui/card';
import { Stat } from '@/components/stat';
import { put } from '@/components/i18n/put';
import type { AdminHealthAnswer, UpkeepView } from '@/lib/admin-api';
import { formatCredits } from '@/lib/format';
import { isLate } from '@/lib/lag';
import { UNIT } from '@/lib/unit';

type Health = AdminHealthAnswer['data'];

/** What time settles: how much of it there is, and whether any of it is late. */
export function SettlementCard({ health }: { health: Health }) {
  const t = useTranslations('admin-health');
  const { at, rates, allowances, lots, holds } = health;
  const late = [rates, allowances, lots, holds].some(({ next }) => isLate(next, at));
  return (
    <Card className="overflow-hidden">
      <CardHeader>
        <CardTitle>{t('settlement.title')}</CardTitle>
        <CardDescription>{t('settlement.text')}</CardDescription>
        <CardAction>
          <Badge variant={late ? 'destructive' : 'success'}>{t(late ? 'behind' : 'onTime')}</Badge>
        </CardAction>
      </CardHeader>
      <CardContent>
        <dl className="grid grid-cols-3 gap-x-5 gap-y-7">
          <Stat label={t('settlement.rates')}>{formatCredits(rates.active)}</Stat>
          <Stat label={t('settlement.suspended')}>{formatCredits(rates.suspended)}</Stat>
          <Stat label={t('settlement.allowances')}>{formatCredits(allowances.active)}</Stat>
        </dl>
      </CardContent>
      <ul aria-label={t('settlement.due')} className="grid gap-px border-t bg-border text-sm lg:grid-cols-2">
        <Upkeep what={t('settlement.rateEvents')} upkeep={rates} at={at} />
        <Upkeep what={t('settlement.refills')} upkeep={allowances} at={at} />
        <Upkeep what={t('settlement.expiries', { unit: UNIT.title })} upkeep={lots} at={at} />
        <Upkeep what={t('settlement.holds')} upkeep={holds} at={at} />
      </ul>
    </Card>
  );
}

function Upkeep({ what, upkeep: { due, next }, at }: { what: string; upkeep: UpkeepView; at: string }) {
  const t = useTranslations('admin-health.settlement');
  const late = isLate(next, at);
  return (
    <li className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-0.5 bg-card px-5 py-3 sm:px-6">
      <span>{what}</span>
      <span className="text-muted-foreground tabular-nums">
        {next === null ? (
          t('nothing')
        ) : due === 0 ? (
          t.rich('next', { at: put(<LocalTime iso={next} style="instant" />) })
        ) : (
          <span className={late ? 'font-medium text-destructive' : undefined}>
            {t('late', { count: formatCredits(due), span: formatSpan(Date.parse(at) - Date.parse(next)) })}
          </span>
        )}
      </span>
    </li>
  );
}
