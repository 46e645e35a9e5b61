import { CreateServer } from '@/components/servers/create-server';
import { SimulatorBadge } from '@/components/servers/server-status';
import { PageHeader } from '@/components/shell/page-header';
import { requireViewer } from '@/lib/viewer';
import { getRuntime } from '@/server/runtime';

/** Ordering a server. Two addresses lead here: the one that fits ours, and the one that hosts know. */
export async function CreateServerPage() {
  const { snapshot } = await requireViewer();
  const catalogue = getRuntime().readCatalogue();
  return (
    <div className="grid gap-8">
      <PageHeader
        title="New server"
        {...(catalogue.provisioner === 'simulator' ? { actions: <SimulatorBadge /> } : {})}
      >
        Five choices, and you see what it costs all along.
      </PageHeader>
      <CreateServer catalogue={catalogue} snapshot={snapshot} />
    </div>
  );
}
