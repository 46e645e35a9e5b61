import { useTranslations } from 'next-intl';
import type { ActivityTotalsAnswer } from '@/lib/api';
import { formatChange } from '@/lib/format';

/** Sums of everything that the filter matches, also of what is not loaded yet. */
export function ActivityTotals({ totals }: { totals: ActivityTotalsAnswer['data'] }) {
  const t = useTranslations('activity.totals');
  return (
    <div className="flex flex-wrap items-baseline gap-x-5 gap-y-1 text-sm">
      <p className="font-medium">{t('entries', { count: totals.count })}</p>
      <dl className="flex flex-wrap gap-x-5 gap-y-1 tabular-nums">
        <Sum term={t('in')} sign={1} value={totals.in} className="text-success" />
        <Sum term={t('out')} sign={-1} value={totals.out} className="" />
        {totals.reserved > 0 ? (
          <Sum term={t('reserved')} sign={-1} value={totals.reserved} className="text-credits" />
        ) : null}
      </dl>
    </div>
  );
}

function Sum({ term, sign, value, className }: { term: string; sign: 1 | -1; value: number; className: string }) {
  return (
    <div className="flex items-baseline gap-1.5">
      <dt className="text-muted-foreground">{term}</dt>
      <dd className={`font-medium ${value === 0 ? 'text-muted-foreground' : className}`}>
        {formatChange(sign * value)}
      </dd>
    </div>
  );
}
