import { LocalTime } from '@/components/credits/activity/local-time';
import { formatSpan } from '@/components/credits/format';
import { Badge } from '@/components/ui/badge';
import { Card, CardAction, CardContent, CardDescription, CardHeader, CardTitle } from '@/components/ui/card';
import { Stat } from '@/components/stat';
import type { AdminHealthAnswer, UpkeepView } from '@/lib/admin-api';
import { formatCredits } from '@/lib/format';
import { isLate } from '@/lib/lag';
import { UNIT } from '@/lib/unit';

type Health = AdminHealthAnswer['data'];

/** What time settles: how much of it there is, and whether any of it is late. */
export function SettlementCard({ health }: { health: Health }) {
  const { at, rates, allowances, lots, holds } = health;
  const late = [rates, allowances, lots, holds].some(({ next }) => isLate(next, at));
  return (
    <Card className="overflow-hidden">
      <CardHeader>
        <CardTitle>Settlement</CardTitle>
        <CardDescription>
          Each is settled at its instant, or by the next command or read of its account. A balance never waits for it.
        </CardDescription>
        <CardAction>
          <Badge variant={late ? 'destructive' : 'success'}>{late ? 'Behind' : 'On time'}</Badge>
        </CardAction>
      </CardHeader>
      <CardContent>
        <dl className="grid grid-cols-3 gap-x-5 gap-y-7">
          <Stat label="Active rates">{formatCredits(rates.active)}</Stat>
          <Stat label="Suspended">{formatCredits(rates.suspended)}</Stat>
          <Stat label="Allowances">{formatCredits(allowances.active)}</Stat>
        </dl>
      </CardContent>
      <ul aria-label="What is due" className="grid gap-px border-t bg-border text-sm lg:grid-cols-2">
        <Upkeep what="Rates run out or cross a threshold" upkeep={rates} at={at} />
        <Upkeep what="Allowances are refilled" upkeep={allowances} at={at} />
        <Upkeep what={`${UNIT.title} expire`} upkeep={lots} at={at} />
        <Upkeep what="Reservations end" upkeep={holds} at={at} />
      </ul>
    </Card>
  );
}

function Upkeep({ what, upkeep: { due, next }, at }: { what: string; upkeep: UpkeepView; at: string }) {
  const late = isLate(next, at);
  return (
    <li className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-0.5 bg-card px-5 py-3 sm:px-6">
      <span>{what}</span>
      <span className="text-muted-foreground tabular-nums">
        {next === null ? (
          'Nothing to come'
        ) : due === 0 ? (
          <>
            Next <LocalTime iso={next} style="instant" />
          </>
        ) : (
          <span className={late ? 'font-medium text-destructive' : undefined}>
            {formatCredits(due)} due, {formatSpan(Date.parse(at) - Date.parse(next))} late
          </span>
        )}
      </span>
    </li>
  );
}
