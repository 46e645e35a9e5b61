import { Plus } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';

import { toSpending } from '@/components/servers/power';
import { Runway } from '@/components/servers/runway';
import { ServerList } from '@/components/servers/server-list';
import { SimulatorBadge } from '@/components/servers/server-status';
import { PageHeader } from '@/components/shell/page-header';
import { Button } from '@/components/ui/button';
import { formatCreditsWithUnit } from '@/lib/format';
import { UNIT } from '@/lib/unit';
import { requireViewer } from '@/lib/viewer';
import { getRuntime } from '@/server/runtime';

export const metadata: Metadata = { title: 'Servers' };

export default async function ServersPage() {
  const { user, snapshot } = await requireViewer();
  const runtime = getRuntime();
  const { servers, burn, provisioner } = await runtime.readServers(user.id);
  const renderedAt = Date.now();
  const spending = toSpending(burn, snapshot.balance.available);
  return (
    <div className="grid gap-8">
      <PageHeader
        title="Servers"
        actions={
          <>
            {provisioner === 'simulator' ? <SimulatorBadge /> : null}
            <Button asChild>
              <Link href="/servers/new">
                <Plus /> New server
              </Link>
            </Button>
          </>
        }
      >
        {spending.exhaustsAtMs === null ? (
          'What you run, and what it costs.'
        ) : (
          <>
            {formatCreditsWithUnit(spending.perHour)} per hour. Your {UNIT.many} last{' '}
            <Runway until={spending.exhaustsAtMs} renderedAt={renderedAt} />.
          </>
        )}
      </PageHeader>
      <ServerList servers={servers} catalogue={runtime.readCatalogue()} spending={spending} renderedAt={renderedAt} />
    </div>
  );
}
