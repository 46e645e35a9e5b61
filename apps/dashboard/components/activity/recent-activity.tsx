import { Activity } from 'lucide-react';
import Link from 'next/link';
import type { Entry } from 'realtime-credits';

import { EntryRow } from '@/components/credits/activity/entry-row';
import { EmptyState } from '@/components/credits/ui/empty-state';
import { Button } from '@/components/ui/button';
import { Card, CardAction, CardHeader, CardTitle } from '@/components/ui/card';

/** The last few changes of the balance. */
export function RecentActivity({ entries }: { entries: readonly Entry[] }) {
  return (
    <Card>
      <CardHeader className="items-center pb-3">
        <CardTitle>Recent activity</CardTitle>
        <CardAction className="row-span-1">
          <Button asChild variant="ghost" size="sm">
            <Link href="/activity">All</Link>
          </Button>
        </CardAction>
      </CardHeader>
      {entries.length === 0 ? (
        <EmptyState icon={Activity} title="Nothing has happened yet" className="pt-6">
          Your first change will be here: claim today’s bonus, for example.
        </EmptyState>
      ) : (
        <ul className="divide-y border-t">
          {entries.map((entry) => (
            <EntryRow key={entry.version} entry={entry} time="instant" />
          ))}
        </ul>
      )}
    </Card>
  );
}
