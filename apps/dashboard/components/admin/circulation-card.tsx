import { useTranslations } from 'next-intl';

import { Amount } from '@/components/credits/activity/amount';
import { Stat } from '@/components/stat';
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from '@/components/ui/card';
import type { AdminCirculationAnswer } from '@/lib/admin-api';
import { formatCredits } from '@/lib/format';
import { UNIT } from '@/lib/unit';

/** Where all credits are: issued less spent and expired is what people have. */
export function CirculationCard({ circulation }: { circulation: AdminCirculationAnswer['data'] }) {
  const t = useTranslations('admin.circulation');
  const { issued, spent, expired, circulating, held, accounts } = circulation;
  return (
    <Card>
      <CardHeader>
        <CardTitle>{t('title')}</CardTitle>
        <CardDescription>{t('text', { unit: UNIT.title })}</CardDescription>
      </CardHeader>
      <CardContent>
        <dl className="grid grid-cols-2 gap-x-5 gap-y-7 lg:grid-cols-5">
          <Stat label={t('issued')} note={t('issuedNote')}>
            {formatCredits(issued)}
          </Stat>
          <Stat label={t('spent')} note={t('spentNote')}>
            {formatCredits(spent)}
          </Stat>
          <Stat label={t('expired')} note={t('expiredNote')}>
            {formatCredits(expired)}
          </Stat>
          <Stat label={t('circulating')} note={t('accounts', { count: accounts })}>
            <Amount amount={circulating} className="font-semibold" />
          </Stat>
          <Stat label={t('held')} note={t('heldNote')}>
            {formatCredits(held)}
          </Stat>
        </dl>
      </CardContent>
    </Card>
  );
}
