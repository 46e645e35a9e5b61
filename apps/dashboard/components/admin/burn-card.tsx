import Link from 'next/link';

import { Runway } from '@/components/servers/runway';
import { Stat } from '@/components/stat';
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from '@/components/ui/card';
import type { AdminBurnAnswer } from '@/lib/admin-api';
import { formatCount, formatCredits } from '@/lib/format';
import { UNIT } from '@/lib/unit';

/** What all servers cost by the hour, and who runs out next. */
export function BurnCard({ burn, renderedAt }: { burn: AdminBurnAnswer['data']; renderedAt: number }) {
  return (
    <Card className="overflow-hidden">
      <CardHeader>
        <CardTitle>Servers by the hour</CardTitle>
        <CardDescription>What runs now, and whose {UNIT.many} run out first.</CardDescription>
      </CardHeader>
      <CardContent>
        <dl>
          <Stat label={`${UNIT.title} per hour`} note={`From ${formatCount(burn.servers, 'server')}`}>
            {formatCredits(burn.per_hour)}
          </Stat>
        </dl>
      </CardContent>
      {burn.next.length === 0 ? null : (
        <ul aria-label="Who runs out next" className="divide-y border-t">
          {burn.next.map((person) => (
            <li
              key={person.user_id}
              className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-0.5 px-5 py-3 text-sm sm:px-6"
            >
              <Link
                href={`/admin/users/${encodeURIComponent(person.user_id)}`}
                className="font-medium underline decoration-border underline-offset-4"
              >
                {person.username}
              </Link>
              <span className="text-muted-foreground tabular-nums">
                {formatCredits(person.available)} at {formatCredits(person.per_hour)} per hour, lasts{' '}
                <span className="text-foreground">
                  <Runway until={Date.parse(person.exhausts_at)} renderedAt={renderedAt} />
                </span>
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
