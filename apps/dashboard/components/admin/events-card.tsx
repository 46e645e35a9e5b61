import { useTranslations } from 'next-intl';

import { formatSpan } from '@/components/credits/format';
import { Badge } from '@/components/ui/badge';
import { Card, CardAction, CardContent, CardDescription, CardHeader, CardTitle } from '@/components/ui/card';
import { Stat } from '@/components/stat';
import type { AdminHealthAnswer } from '@/lib/admin-api';
import { formatCredits } from '@/lib/format';
import { isLate } from '@/lib/lag';

/** Whether what the ledger tells arrives. */
export function EventsCard({ health: { at, events } }: { health: AdminHealthAnswer['data'] }) {
  const t = useTranslations('admin-health');
  const { pending, failed, oldest_pending_at: oldest } = events;
  const state = failed > 0 ? 'events.stateFailed' : isLate(oldest, at) ? 'behind' : 'onTime';
  return (
    <Card>
      <CardHeader>
        <CardTitle>{t('events.title')}</CardTitle>
        <CardDescription>{t('events.text')}</CardDescription>
        <CardAction>
          <Badge variant={state === 'onTime' ? 'success' : 'destructive'}>{t(state)}</Badge>
        </CardAction>
      </CardHeader>
      <CardContent>
        <dl className="grid grid-cols-3 gap-x-5 gap-y-7">
          <Stat label={t('events.waiting')}>{formatCredits(pending)}</Stat>
          <Stat label={t('events.oldest')}>
            {oldest === null ? '–' : formatSpan(Date.parse(at) - Date.parse(oldest))}
          </Stat>
          <Stat label={t('events.failed')}>{formatCredits(failed)}</Stat>
        </dl>
      </CardContent>
    </Card>
  );
}
