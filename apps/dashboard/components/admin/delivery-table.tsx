'use client';
import { RotateCw, Webhook } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';

import { Side } from '@/components/admin/transfer-table';
import { LocalTime } from '@/components/credits/activity/local-time';
import { newKey, send } from '@/components/credits/send';
import { EmptyState } from '@/components/credits/ui/empty-state';
import { SubmitButton } from '@/components/credits/ui/submit-button';
import { Badge } from '@/components/ui/badge';
import { Card } from '@/components/ui/card';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import type { AdminDeliveriesAnswer, AdminReplayAnswer } from '@/lib/admin-api';
import { formatCount } from '@/lib/format';
import { showError, showSuccess } from '@/lib/toast';
import { UNIT } from '@/lib/unit';

type Delivery = AdminDeliveriesAnswer['data'][number];

const WHAT: Record<string, string> = {
  'balance.low': 'Balance is low',
  'balance.exhausted': 'Nothing is left',
  'balance.restored': `${UNIT.title} again`,
};

const STATES = {
  pending: { label: 'Waiting', variant: 'info' },
  delivered: { label: 'Delivered', variant: 'success' },
  failed: { label: 'Failed', variant: 'destructive' },
} as const satisfies Record<Delivery['state'], object>;

/** Events of the ledger with the state of their delivery, newest first. */
export function DeliveryTable({ deliveries, isFiltered }: { deliveries: readonly Delivery[]; isFiltered: boolean }) {
  if (deliveries.length === 0) {
    return (
      <Card>
        <EmptyState icon={Webhook} title={isFiltered ? 'No such event' : 'No event yet'}>
          {isFiltered
            ? 'No event is in this state now.'
            : `When ${UNIT.many} of a player run low, are gone or are there again, it is listed here for 30 days.`}
        </EmptyState>
      </Card>
    );
  }
  return (
    <Card className="overflow-hidden">
      <Table aria-label="Deliveries">
        <TableHeader>
          <TableRow>
            <TableHead>Event</TableHead>
            <TableHead className="max-sm:hidden">Player</TableHead>
            <TableHead>State</TableHead>
            <TableHead className="max-lg:hidden">Stored</TableHead>
            <TableHead>
              <span className="sr-only">Send again</span>
            </TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {deliveries.map((delivery) => (
            <TableRow key={delivery.id}>
              <TableCell className="whitespace-normal">
                <p className="font-medium">{WHAT[delivery.type] ?? delivery.type}</p>
                <p className="text-[0.8125rem] text-muted-foreground sm:hidden">
                  <Side side={delivery.user} />
                </p>
                {delivery.error === null ? null : (
                  <p className="max-w-md text-[0.8125rem] wrap-anywhere text-muted-foreground">{delivery.error}</p>
                )}
              </TableCell>
              <TableCell className="max-w-40 truncate max-sm:hidden">
                <Side side={delivery.user} />
              </TableCell>
              <TableCell>
                <Badge variant={STATES[delivery.state].variant}>{STATES[delivery.state].label}</Badge>
                <p className="mt-1 text-[0.8125rem] text-muted-foreground">
                  {formatCount(delivery.attempts, 'attempt')}
                  {delivery.state === 'pending' && delivery.attempts > 0 ? (
                    <>
                      , next <LocalTime iso={delivery.at} style="time" />
                    </>
                  ) : null}
                </p>
              </TableCell>
              <TableCell className="text-muted-foreground max-lg:hidden">
                <LocalTime iso={delivery.created_at} style="instant" />
              </TableCell>
              <TableCell className="text-right">
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
  const [pending, setPending] = useState(false);

  async function handleReplay() {
    setPending(true);
    const result = await send<AdminReplayAnswer>('POST', `/api/admin/deliveries/${id}/replay`, {}, newKey());
    setPending(false);
    if (result.ok) showSuccess('It is sent again', 'A message that was written before is not written twice.');
    else showError('It was not sent', result.failure.message);
    router.refresh();
  }

  return (
    <SubmitButton
      type="button"
      variant="ghost"
      size="sm"
      pending={pending}
      aria-label={`Send again: ${WHAT[type] ?? type}, ${user.name}`}
      onClick={() => void handleReplay()}
    >
      <RotateCw /> <span className="max-sm:sr-only">Send again</span>
    </SubmitButton>
  );
}
