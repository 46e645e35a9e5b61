import { useTranslations } from 'next-intl';
import { Activity } from 'lucide-react';
import Link from 'next/link';

import { ActivityRow } from '@/components/activity/activity-row';
import { EmptyState } from '@/components/credits/ui/empty-state';
import { Button } from '@/components/ui/button';
import { Card, CardAction, CardHeader, CardTitle } from '@/components/ui/card';
import type { ActivityItem } from '@/lib/api';

/** The last few events: a purchase is one, whatever became of it. */
export function RecentActivity({ items }: { items: readonly ActivityItem[] }) {
  const t = useTranslations('overview.recent');
  return (
    <Card>
      <CardHeader className="items-center pb-3">
        <CardTitle>{t('title')}</CardTitle>
        <CardAction className="row-span-1">
          <Button asChild variant="ghost" size="sm">
            <Link href="/activity">{t('all')}</Link>
          </Button>
        </CardAction>
      </CardHeader>
      {items.length === 0 ? (
        <EmptyState icon={Activity} title={t('emptyTitle')} className="pt-6">
          {t('empty')}
        </EmptyState>
      ) : (
        <ul className="divide-y border-t">
          {items.map((item) => (
            <ActivityRow key={item.version} item={item} time="instant" />
          ))}
        </ul>
      )}
    </Card>
  );
}
