import { Amount } from '@/components/credits/activity/amount';
import { LocalTime } from '@/components/credits/activity/local-time';
import { Runway } from '@/components/servers/runway';
import { Badge } from '@/components/ui/badge';
import { Card, CardContent, CardHeader, CardTitle } from '@/components/ui/card';
import type { AdminTimeAnswer } from '@/lib/admin-api';
import { formatCredits } from '@/lib/format';
import { UNIT } from '@/lib/unit';

/** What somebody pays by the hour, what refills, and what expires when. Nothing where there is none of it. */
export function UserTime({ time, renderedAt }: { time: AdminTimeAnswer['data']; renderedAt: number }) {
  const { rates, allowances, lots, exhausts_at: exhaustsAt, has_more_lots: hasMore } = time;
  if (rates.length + allowances.length + lots.length === 0) return null;
  return (
    <Card>
      <CardHeader>
        <CardTitle>Over time</CardTitle>
      </CardHeader>
      <CardContent className="grid gap-5 pt-3 text-sm">
        {exhaustsAt === null ? null : (
          <p className="text-muted-foreground">
            {UNIT.title} last{' '}
            <span className="font-medium text-foreground">
              <Runway until={Date.parse(exhaustsAt)} renderedAt={renderedAt} />
            </span>
          </p>
        )}
        {rates.length === 0 ? null : (
          <List title="Rates">
            {rates.map(({ id, resource, amount, per, state, charged }) => (
              <Item key={id} name={resource} value={`${formatCredits(amount)} per ${per}`}>
                {formatCredits(charged)} charged{' '}
                {state === 'suspended' ? <Badge variant="destructive">Suspended</Badge> : null}
              </Item>
            ))}
          </List>
        )}
        {allowances.length === 0 ? null : (
          <List title="Allowances">
            {allowances.map(({ id, name, amount, per, carry_over: carryOver, next_refill_at: next }) => (
              <Item key={id} name={name} value={`${formatCredits(amount)} per ${per}`}>
                {next === null ? null : (
                  <>
                    Next <LocalTime iso={next} style="instant" />
                  </>
                )}
                {carryOver === 0 ? null : `, carries over ${formatCredits(carryOver)}`}
              </Item>
            ))}
          </List>
        )}
        {lots.length === 0 ? null : (
          <List title="Spent in this order, then the rest">
            {lots.map(({ version, available, held, priority, expires_at: expiresAt }) => (
              <Item
                key={`${version}-${priority}-${expiresAt}`}
                name={expiresAt === null ? 'Never expire' : <LocalTime iso={expiresAt} style="full" />}
                value={<Amount amount={available + held} />}
              >
                {held === 0 ? null : `${formatCredits(held)} reserved, `}priority {priority}
              </Item>
            ))}
            {hasMore ? <li className="text-[0.8125rem] text-muted-foreground">And more.</li> : null}
          </List>
        )}
      </CardContent>
    </Card>
  );
}

function List({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <section className="grid gap-2">
      <h3 className="text-[0.8125rem] text-muted-foreground">{title}</h3>
      <ul className="grid gap-2.5">{children}</ul>
    </section>
  );
}

function Item({ name, value, children }: { name: React.ReactNode; value: React.ReactNode; children: React.ReactNode }) {
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
