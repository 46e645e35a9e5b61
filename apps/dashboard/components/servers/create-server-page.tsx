import { getTranslations } from 'next-intl/server';
import { Messages } from '@/components/i18n/messages';
import { CreateServer } from '@/components/servers/create-server';
import { SimulatorBadge } from '@/components/servers/server-status';
import { PageHeader } from '@/components/shell/page-header';
import { requireViewer } from '@/lib/viewer';
import { getRuntime } from '@/server/runtime';

/** Ordering a server. Two addresses lead here: the one that fits ours, and the one that hosts know. */
export async function CreateServerPage() {
  const t = await getTranslations('servers.create');
  const { user, snapshot } = await requireViewer();
  const runtime = getRuntime();
  const catalogue = runtime.readCatalogue();
  const { burn } = await runtime.readServers(user.id);
  return (
    <Messages areas={['servers', 'errors']}>
      <div className="grid gap-8">
        <PageHeader
          title={t('title')}
          {...(catalogue.provisioner === 'simulator' ? { actions: <SimulatorBadge /> } : {})}
        >
          {t('text')}
        </PageHeader>
        <CreateServer catalogue={catalogue} snapshot={snapshot} burn={burn} renderedAt={Date.now()} />
      </div>
    </Messages>
  );
}
