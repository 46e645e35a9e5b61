import { Amount } from '@/components/credits/activity/amount';
import { Stat } from '@/components/stat';
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from '@/components/ui/card';
import type { AdminCirculationAnswer } from '@/lib/admin-api';
import { formatCount, formatCredits } from '@/lib/format';
import { UNIT } from '@/lib/unit';

/** Where all credits are: issued less spent is what people have. */
export function CirculationCard({ circulation }: { circulation: AdminCirculationAnswer['data'] }) {
  const { issued, spent, circulating, held, accounts } = circulation;
  return (
    <Card>
      <CardHeader>
        <CardTitle>Circulation</CardTitle>
        <CardDescription>
          {UNIT.title} are only ever moved between accounts, so issued less spent is exactly what people have.
        </CardDescription>
      </CardHeader>
      <CardContent>
        <dl className="grid grid-cols-2 gap-x-5 gap-y-7 lg:grid-cols-4">
          <Stat label="Issued" note="Ever granted">
            {formatCredits(issued)}
          </Stat>
          <Stat label="− Spent" note="Ever paid for something">
            {formatCredits(spent)}
          </Stat>
          <Stat label="= In circulation" note={`In ${formatCount(accounts, 'account')}`}>
            <Amount amount={circulating} className="font-semibold" />
          </Stat>
          <Stat label="Of which reserved" note="Held for what is being set up">
            {formatCredits(held)}
          </Stat>
        </dl>
      </CardContent>
    </Card>
  );
}
