import { formatSpan } from '@/components/credits/format';
import { Badge } from '@/components/ui/badge';
import { Card, CardAction, CardContent, CardDescription, CardHeader, CardTitle } from '@/components/ui/card';
import { Stat } from '@/components/stat';
import type { AdminHealthAnswer } from '@/lib/admin-api';
import { formatCredits } from '@/lib/format';
import { isLate } from '@/lib/lag';

/** Whether what the ledger tells arrives. */
export function EventsCard({ health: { at, events } }: { health: AdminHealthAnswer['data'] }) {
  const { pending, failed, oldest_pending_at: oldest } = events;
  const state = failed > 0 ? 'Failed' : isLate(oldest, at) ? 'Behind' : 'On time';
  return (
    <Card>
      <CardHeader>
        <CardTitle>Webhooks</CardTitle>
        <CardDescription>
          Low, exhausted and restored balances. One endpoint receives them: this dashboard, which writes the messages.
        </CardDescription>
        <CardAction>
          <Badge variant={state === 'On time' ? 'success' : 'destructive'}>{state}</Badge>
        </CardAction>
      </CardHeader>
      <CardContent>
        <dl className="grid grid-cols-3 gap-x-5 gap-y-7">
          <Stat label="Waiting">{formatCredits(pending)}</Stat>
          <Stat label="Oldest waits">{oldest === null ? '–' : formatSpan(Date.parse(at) - Date.parse(oldest))}</Stat>
          <Stat label="Failed">{formatCredits(failed)}</Stat>
        </dl>
      </CardContent>
    </Card>
  );
}
