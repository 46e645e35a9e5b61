import { CreateServer } from '@/components/servers/create-server';
import { SimulatorBadge } from '@/components/servers/server-status';
import { PageHeader } from '@/components/shell/page-header';
import { requireViewer } from '@/lib/viewer';
import { getRuntime } from '@/server/runtime';

/** Ordering a server. Two addresses lead here: the one that fits ours, and the one that hosts know. */
export async function CreateServerPage() {
  const { user, snapshot } = await requireViewer();
  const runtime = getRuntime();
  const catalogue = runtime.readCatalogue();
  const { burn } = await runtime.readServers(user.id);
  return (
    <div className="grid gap-8">
      <PageHeader
        title="New server"
        {...(catalogue.provisioner === 'simulator' ? { actions: <SimulatorBadge /> } : {})}
      >
        Choose what to run, and where.
      </PageHeader>
      <CreateServer catalogue={catalogue} snapshot={snapshot} burn={burn} renderedAt={Date.now()} />
    </div>
  );
}
