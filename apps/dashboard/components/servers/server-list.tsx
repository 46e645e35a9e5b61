import { useTranslations } from 'next-intl';
import { Plus, Server } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';

import { LocalTime } from '@/components/credits/activity/local-time';
import { DeleteServer } from '@/components/servers/delete-server';
import { describeCost } from '@/components/servers/describe-cost';
import { GameArt } from '@/components/servers/game-art';
import { ServerNote } from '@/components/servers/server-note';
import { ServerStatus } from '@/components/servers/server-status';
import { EmptyState } from '@/components/credits/ui/empty-state';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import type { CatalogueAnswer, GameServer } from '@/lib/api';
import type { Spending } from '@/lib/runway';
import { UNIT } from '@/lib/unit';

interface ServerListProps {
  servers: readonly GameServer[];
  catalogue: CatalogueAnswer['data'];
  spending: Spending;
  renderedAt: number;
}

/** All servers, with what each one is, what it cost, and why one failed. */
export function ServerList({ servers, ...facts }: ServerListProps) {
  const t = useTranslations('servers');
  if (servers.length === 0) {
    return (
      <Card>
        <EmptyState
          icon={Server}
          title={t('empty.title')}
          className="py-20"
          action={
            <Button asChild>
              <Link href="/servers/new">
                <Plus /> {t('new')}
              </Link>
            </Button>
          }
        >
          {t('empty.text', { unit: UNIT.many, Unit: UNIT.title })}
        </EmptyState>
      </Card>
    );
  }
  return (
    <ul className="grid gap-4 md:grid-cols-2">
      {servers.map((server) => (
        <li key={server.id} className="flex min-w-0">
          <ServerCard server={server} {...facts} />
        </li>
      ))}
    </ul>
  );
}

function ServerCard({
  server,
  catalogue,
  spending,
  renderedAt,
}: Omit<ServerListProps, 'servers'> & { server: GameServer }) {
  const t = useTranslations('servers');
  const tCost = useTranslations('servers.cost');
  const software = catalogue.software.find(({ id }) => id === server.software_id);
  const location = catalogue.locations.find(({ id }) => id === server.location_id);
  const plan = catalogue.plans.find(({ id }) => id === server.plan_id);
  return (
    <Card className="min-w-0 flex-1">
      <div className="flex items-start justify-between gap-4 px-5 pt-5">
        <div className="flex min-w-0 items-center gap-3.5">
          <GameArt type={server.type_id} />
          <div className="min-w-0">
            <h2 className="line-clamp-2 font-semibold wrap-anywhere">
              <Link
                href={`/servers/${server.id}`}
                className="rounded-sm outline-none hover:underline hover:underline-offset-4 focus-visible:ring-[3px] focus-visible:ring-ring/50"
              >
                <bdi>{server.name}</bdi>
              </Link>
            </h2>
            <p className="mt-0.5 text-sm text-muted-foreground">
              {software === undefined ? server.software_id : `${software.name} ${software.version}`}
            </p>
          </div>
        </div>
        <ServerStatus status={server.status} />
      </div>
      <dl className="grid grid-cols-[1fr_1fr_auto] gap-4 px-5 sm:grid-cols-3 py-5 text-sm">
        <Fact term={t('location')}>{location?.name ?? server.location_id}</Fact>
        <Fact term={t('plan')}>{plan?.name ?? server.plan_id}</Fact>
        <Fact term={t('created')}>
          <LocalTime iso={server.created_at} style="date" />
        </Fact>
      </dl>
      <ServerNote server={server} className="mx-5 mb-5" />
      <div className="mt-auto flex min-h-14 items-center justify-between gap-4 border-t px-5 py-3">
        <p className="text-sm text-muted-foreground">{describeCost(server, tCost)}</p>
        {server.status === 'provisioning' || server.status === 'deleting' ? null : (
          <DeleteServer server={server} spending={spending} renderedAt={renderedAt} />
        )}
      </div>
    </Card>
  );
}

function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-xs text-muted-foreground">{term}</dt>
      <dd className="mt-0.5 truncate">{children}</dd>
    </div>
  );
}
