import { useTranslations } from 'next-intl';
import Link from 'next/link';

import { cn } from '@/lib/utils';

interface PeriodLinksProps<Id extends string> {
  periods: readonly { id: Id; label: string }[];
  current: Id;
  toHref: (id: Id) => string;
}

/** Which period a chart shows. */
export function PeriodLinks<Id extends string>({ periods, current, toHref }: PeriodLinksProps<Id>) {
  const t = useTranslations('shell');
  return (
    <nav aria-label={t('period')} className="flex gap-1">
      {periods.map(({ id, label }) => (
        <Link
          key={id}
          href={toHref(id)}
          scroll={false}
          prefetch={false}
          aria-current={id === current ? 'true' : undefined}
          className={cn(
            'rounded-md px-2.5 py-1.5 text-[0.8125rem] text-muted-foreground outline-none hover:text-foreground focus-visible:ring-[3px] focus-visible:ring-ring/50',
            id === current && 'bg-secondary font-medium text-foreground forced-colors:underline',
          )}
        >
          {label}
        </Link>
      ))}
    </nav>
  );
}
