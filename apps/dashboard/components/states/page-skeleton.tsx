import { useTranslations } from 'next-intl';

import { Skeleton } from '@/components/ui/skeleton';
import { cn } from '@/lib/utils';

/** The shape of a page that is on its way: a heading, and cards where cards will be. */
export function PageSkeleton({ narrow = false }: { narrow?: boolean }) {
  const t = useTranslations('shell');
  return (
    <div role="status" aria-label={t('loading')} className={cn('grid gap-8', narrow && 'mx-auto w-full max-w-3xl')}>
      <div className="grid gap-2.5">
        <Skeleton className="h-8 w-48" />
        <Skeleton className="h-4 w-72 max-w-full" />
      </div>
      <div className={cn('grid gap-5', !narrow && 'lg:grid-cols-2')}>
        {Array.from({ length: 3 }, (_, index) => (
          <div key={index} className="grid gap-4 rounded-xl border bg-card p-6">
            <Skeleton className="h-4 w-32" />
            <Skeleton className="h-9 w-44" />
            <Skeleton className="h-3.5 w-full" />
            <Skeleton className="h-3.5 w-2/3" />
          </div>
        ))}
      </div>
    </div>
  );
}
