import { useTranslations } from 'next-intl';

import { Card, CardContent, CardDescription, CardHeader, CardTitle } from '@/components/ui/card';
import type { ReferralFunnel } from '@/lib/admin-api';
import { formatCredits, formatCreditsWithUnit, formatShare } from '@/lib/format';

/** From a link that somebody opened to a reward that was paid: how many come how far, and who is on the way. */
export function ReferralFunnelCard({ funnel }: { funnel: ReferralFunnel }) {
  const t = useTranslations('admin.funnel');
  const { opened, signed_up: signedUp, returned, paid, amount } = funnel;
  const waiting = signedUp - returned;
  const steps = [
    { label: t('opened'), count: opened, note: t('openedNote') },
    { label: t('signedUp'), count: signedUp, note: waiting === 0 ? '' : t('waiting', { count: waiting }) },
    {
      label: t('returned'),
      count: returned,
      note: returned === paid ? '' : t('unclaimed', { count: returned - paid }),
    },
    { label: t('paid'), count: paid, note: amount === 0 ? '' : formatCreditsWithUnit(amount) },
  ];
  const most = Math.max(1, ...steps.map(({ count }) => count));
  return (
    <Card>
      <CardHeader>
        <CardTitle>{t('title')}</CardTitle>
        <CardDescription>{t('text')}</CardDescription>
      </CardHeader>
      <CardContent>
        <ol className="grid gap-4 text-sm">
          {steps.map(({ label, count, note }, index) => (
            <li key={label} className="grid gap-1.5">
              <span className="flex flex-wrap items-baseline justify-between gap-x-4">
                <span className="font-medium">{label}</span>
                <span className="tabular-nums">
                  {note === '' ? null : <span className="me-3 text-[0.8125rem] text-muted-foreground">{note}</span>}
                  <span className="font-semibold">{formatCredits(count)}</span>
                  {toShare(count, steps[index - 1]?.count)}
                </span>
              </span>
              <span aria-hidden className="h-2 overflow-hidden rounded-full bg-muted">
                <span
                  className="block h-full rounded-full bg-credits-large forced-colors:bg-[CanvasText]"
                  style={{ width: `${(count / most) * 100}%` }}
                />
              </span>
            </li>
          ))}
        </ol>
      </CardContent>
    </Card>
  );
}

/** ` · 25%` of the step before; nothing where more came than links are known. */
function toShare(count: number, before: number | undefined): string {
  return before === undefined || before === 0 || count > before ? '' : ` · ${formatShare(count / before)}`;
}
