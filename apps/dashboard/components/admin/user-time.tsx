import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';

import { Amount } from '@/components/credits/activity/amount';
import { LocalTime } from '@/components/credits/activity/local-time';
import { Runway } from '@/components/servers/runway';
import { Badge } from '@/components/ui/badge';
import { Card, CardContent, CardHeader, CardTitle } from '@/components/ui/card';
import { put } from '@/components/i18n/put';
import type { AdminTimeAnswer } from '@/lib/admin-api';
import { formatCredits } from '@/lib/format';
import { UNIT } from '@/lib/unit';

/** What somebody pays by the hour, what refills, and what expires when. Nothing where there is none of it. */
export function UserTime({ time, renderedAt }: { time: AdminTimeAnswer['data']; renderedAt: number }) {
  const t = useTranslations('admin-users.time');
  const { rates, allowances, lots, exhausts_at: exhaustsAt, has_more_lots: hasMore } = time;
  if (rates.length + allowances.length + lots.length === 0) return null;
  return (
    <Card>
      <CardHeader>
        <CardTitle>{t('title')}</CardTitle>
      </CardHeader>
      <CardContent className="grid gap-5 pt-3 text-sm">
        {exhaustsAt === null ? null : (
          <p className="text-muted-foreground">
            {t.rich('lasts', {
              unit: UNIT.title,
              runway: put(
                <span className="font-medium text-foreground">
                  <Runway until={Date.parse(exhaustsAt)} renderedAt={renderedAt} />
                </span>,
              ),
            })}
          </p>
        )}
        {rates.length === 0 ? null : (
          <List title={t('rates')}>
            {rates.map(({ id, resource, amount, per, state, charged }) => (
              <Item key={id} name={resource} value={t(`per.${per}`, { amount: formatCredits(amount) })}>
                {t('charged', { amount: formatCredits(charged) })}{' '}
                {state === 'suspended' ? <Badge variant="destructive">{t('suspended')}</Badge> : null}
              </Item>
            ))}
          </List>
        )}
        {allowances.length === 0 ? null : (
          <List title={t('allowances')}>
            {allowances.map(({ id, name, amount, per, carry_over: carryOver, next_refill_at: next }) => (
              <Item key={id} name={name} value={t(`per.${per}`, { amount: formatCredits(amount) })}>
                {next === null ? null : t.rich('next', { at: put(<LocalTime iso={next} style="instant" />) })}
                {carryOver === 0 ? null : t('carriesOver', { amount: formatCredits(carryOver) })}
              </Item>
            ))}
          </List>
        )}
        {lots.length === 0 ? null : (
          <List title={t('lots')}>
            {lots.map(({ version, available, held, priority, expires_at: expiresAt }) => (
              <Item
                key={`${version}-${priority}-${expiresAt}`}
                name={expiresAt === null ? t('never') : <LocalTime iso={expiresAt} style="full" />}
                value={<Amount amount={available + held} />}
              >
                {held === 0 ? null : t('reserved', { amount: formatCredits(held) })}
                {t('priority', { priority: String(priority) })}
              </Item>
            ))}
            {hasMore ? <li className="text-[0.8125rem] text-muted-foreground">{t('more')}</li> : null}
          </List>
        )}
      </CardContent>
    </Card>
  );
}

function List({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="grid gap-2">
      <h3 className="text-[0.8125rem] text-muted-foreground">{title}</h3>
      <ul className="grid gap-2.5">{children}</ul>
    </section>
  );
}

function Item({ name, value, children }: { name: ReactNode; value: ReactNode; children: ReactNode }) {
  return (
    <li>
      <p className="flex items-baseline justify-between gap-4">
        <span className="min-w-0 font-medium wrap-anywhere">{name}</span>
        <span className="shrink-0 tabular-nums">{value}</span>
      </p>
      <p className="text-[0.8125rem] text-muted-foreground tabular-nums">{children}</p>
    </li>
  );
}
