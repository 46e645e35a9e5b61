import type { Metadata } from 'next';
import { notFound } from 'next/navigation';

import CreditsUpdateExample from '@/components/examples/CreditsUpdateExample';
import { PageHeader } from '@/components/shell/page-header';
import { Button } from '@/components/ui/button';
import { UNIT } from '@/lib/unit';
import { getRuntime } from '@/server/runtime';

export const metadata: Metadata = { title: 'Examples' };

/** Only where the practice route exists; elsewhere there is no such page. */
export default function ExamplesPage() {
  if (getRuntime().facts.demo === null) notFound();
  return (
    <div className="grid gap-8">
      <PageHeader
        title={`${UNIT.title}, live`}
        actions={
          <Button asChild variant="outline" size="sm">
            <a href="/docs/api" target="_blank" rel="noreferrer">
              API reference
            </a>
          </Button>
        }
      >
        Run a scenario and watch the number. Open this page in a second tab: both always show the same.
      </PageHeader>
      <CreditsUpdateExample />
    </div>
  );
}
