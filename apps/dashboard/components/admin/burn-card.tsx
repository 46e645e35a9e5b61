import { useTranslations } from 'next-intl';
import Link from 'next/link';

import { Runway } from '@/components/servers/runway';
import { Stat } from '@/components/stat';
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from '@/components/ui/card';
import { put } from '@/components/i18n/put';
import type { AdminBurnAnswer } from '@/lib/admin-api';
import { formatCredits } from '@/lib/format';
import { UNIT } from '@/lib/unit';

/** What all servers cost by the hour, and who runs out next. */
export function BurnCard({ burn, renderedAt }: { burn: AdminBurnAnswer['data']; renderedAt: number }) {
  const t = useTranslations('admin.burn');
  return (
    <Card className="overflow-hidden">
      <CardHeader>
        <CardTitle>{t('title')}</CardTitle>
        <CardDescription>{t('text', { unit: UNIT.many })}</CardDescription>
      </CardHeader>
      <CardContent>
        <dl>
          <Stat label={t('perHour', { unit: UNIT.title })} note={t('servers', { count: burn.servers })}>
            {formatCredits(burn.per_hour)}
          </Stat>
        </dl>
      </CardContent>
      {burn.next.length === 0 ? null : (
        <ul aria-label={t('next')} className="divide-y border-t">
          {burn.next.map((person) => (
            <li
              key={person.user_id}
              className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-0.5 px-5 py-3 text-sm sm:px-6"
            >
              <Link
                href={`/admin/users/${encodeURIComponent(person.user_id)}`}
                className="font-medium underline decoration-border underline-offset-4"
              >
                <bdi>{person.username}</bdi>
              </Link>
              <span className="text-muted-foreground tabular-nums">
                {t.rich('lasts', {
                  available: formatCredits(person.available),
                  perHour: formatCredits(person.per_hour),
                  runway: put(
                    <span className="text-foreground">
                      <Runway until={Date.parse(person.exhausts_at)} renderedAt={renderedAt} />
                    </span>,
                  ),
                })}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
