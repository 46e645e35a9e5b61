import { Plus } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';

import { ServerList } from '@/components/servers/server-list';
import { SimulatorBadge } from '@/components/servers/server-status';
import { PageHeader } from '@/components/shell/page-header';
import { Button } from '@/components/ui/button';
import { requireViewer } from '@/lib/viewer';
import { getRuntime } from '@/server/runtime';

export const metadata: Metadata = { title: 'Servers' };

export default async function ServersPage() {
  const { user } = await requireViewer();
  const runtime = getRuntime();
  const { servers, provisioner } = await runtime.readServers(user.id);
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
        What you run, what it cost, and how it is doing.
      </PageHeader>
      <ServerList servers={servers} catalogue={runtime.readCatalogue()} />
    </div>
  );
}
