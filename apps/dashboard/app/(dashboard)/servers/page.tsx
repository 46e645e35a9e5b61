import { getTranslations } from 'next-intl/server';
import { Plus } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';

import { put } from '@/components/i18n/put';
import { Messages } from '@/components/i18n/messages';
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

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('servers');
  return { title: t('title') };
}

export default async function ServersPage() {
  const t = await getTranslations('servers');
  const { user, snapshot } = await requireViewer();
  const runtime = getRuntime();
  const { servers, burn, provisioner } = await runtime.readServers(user.id);
  const renderedAt = Date.now();
  const spending = toSpending(burn, snapshot.balance.available);
  return (
    <Messages areas={['servers', 'errors']}>
      <div className="grid gap-8">
        <PageHeader
          title={t('title')}
          actions={
            <>
              {provisioner === 'simulator' ? <SimulatorBadge /> : null}
              <Button asChild>
                <Link href="/servers/new">
                  <Plus /> {t('new')}
                </Link>
              </Button>
            </>
          }
        >
          {spending.exhaustsAtMs === null
            ? t('text')
            : t.rich('burning', {
                amount: formatCreditsWithUnit(spending.perHour),
                unit: UNIT.many,
                runway: put(<Runway until={spending.exhaustsAtMs ?? renderedAt} renderedAt={renderedAt} />),
              })}
        </PageHeader>
        <ServerList servers={servers} catalogue={runtime.readCatalogue()} spending={spending} renderedAt={renderedAt} />
      </div>
    </Messages>
  );
}
