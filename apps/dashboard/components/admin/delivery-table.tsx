'use client';
import { RotateCw, Webhook } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useState } from 'react';

import { Side } from '@/components/admin/transfer-table';
import { LocalTime } from '@/components/credits/activity/local-time';
import { newKey, send } from '@/components/credits/send';
import { EmptyState } from '@/components/credits/ui/empty-state';
import { SubmitButton } from '@/components/credits/ui/submit-button';
import { useRefusal } from '@/components/i18n/use-refusal';
import { Badge } from '@/components/ui/badge';
import { Card } from '@/components/ui/card';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import { put } from '@/components/i18n/put';
import type { Translator } from '@/i18n/translator';
import type { AdminDeliveriesAnswer, AdminReplayAnswer } from '@/lib/admin-api';
import { showError, showSuccess } from '@/lib/toast';
import { UNIT } from '@/lib/unit';

type Delivery = AdminDeliveriesAnswer['data'][number];

const VARIANTS = {
  pending: 'info',
  delivered: 'success',
  failed: 'destructive',
} as const satisfies Record<Delivery['state'], string>;

/** What happened to a player, by the event that told of it. */
function nameEvent(type: string, t: Translator<'admin-health.deliveries'>): string {
  const key = `kinds.${type.replace(/^balance\./, '')}` as 'kinds.restored';
  return t.has(key) ? t(key, { unit: UNIT.title }) : type;
}

/** Events of the ledger with the state of their delivery, newest first. */
export function DeliveryTable({ deliveries, isFiltered }: { deliveries: readonly Delivery[]; isFiltered: boolean }) {
  const t = useTranslations('admin-health.deliveries');
  if (deliveries.length === 0) {
    return (
      <Card>
        <EmptyState icon={Webhook} title={t(isFiltered ? 'noSuch' : 'none')}>
          {isFiltered ? t('noSuchText') : t('noneText', { unit: UNIT.many })}
        </EmptyState>
      </Card>
    );
  }
  return (
    <Card className="overflow-hidden">
      <Table aria-label={t('label')}>
        <TableHeader>
          <TableRow>
            <TableHead>{t('event')}</TableHead>
            <TableHead className="max-sm:hidden">{t('player')}</TableHead>
            <TableHead>{t('state')}</TableHead>
            <TableHead className="max-lg:hidden">{t('stored')}</TableHead>
            <TableHead>
              <span className="sr-only">{t('again')}</span>
            </TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {deliveries.map((delivery) => (
            <TableRow key={delivery.id}>
              <TableCell className="whitespace-normal">
                <p className="font-medium">{nameEvent(delivery.type, t)}</p>
                <p className="text-[0.8125rem] text-muted-foreground sm:hidden">
                  <Side side={delivery.user} />
                </p>
                {delivery.error === null ? null : (
                  <p dir="auto" className="max-w-md text-[0.8125rem] wrap-anywhere text-muted-foreground">
                    {delivery.error}
                  </p>
                )}
              </TableCell>
              <TableCell className="max-w-40 truncate max-sm:hidden">
                <Side side={delivery.user} />
              </TableCell>
              <TableCell>
                <Badge variant={VARIANTS[delivery.state]}>{t(`states.${delivery.state}`)}</Badge>
                <p className="mt-1 text-[0.8125rem] text-muted-foreground">
                  {t('attempts', { count: delivery.attempts })}
                  {delivery.state === 'pending' && delivery.attempts > 0
                    ? t.rich('next', { at: put(<LocalTime iso={delivery.at} style="time" />) })
                    : null}
                </p>
              </TableCell>
              <TableCell className="text-muted-foreground max-lg:hidden">
                <LocalTime iso={delivery.created_at} style="instant" />
              </TableCell>
              <TableCell className="text-end">
                {delivery.state === 'pending' ? null : <Replay delivery={delivery} />}
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Card>
  );
}

function Replay({ delivery: { id, user, type } }: { delivery: Delivery }) {
  const router = useRouter();
  const t = useTranslations('admin-health.deliveries');
  const refusal = useRefusal();
  const [pending, setPending] = useState(false);

  async function handleReplay() {
    setPending(true);
    const result = await send<AdminReplayAnswer>('POST', `/api/admin/deliveries/${id}/replay`, {}, newKey());
    setPending(false);
    if (result.ok) showSuccess(t('sent'), t('sentText'));
    else showError(t('notSent'), refusal(result.failure));
    router.refresh();
  }

  return (
    <SubmitButton
      type="button"
      variant="ghost"
      size="sm"
      pending={pending}
      aria-label={t('againLabel', { event: nameEvent(type, t), name: user.name })}
      onClick={() => void handleReplay()}
    >
      <RotateCw /> <span className="max-sm:sr-only">{t('again')}</span>
    </SubmitButton>
  );
}
