import { Plus, Server } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';

import { Amount } from '@/components/credits/activity/amount';
import { LocalTime } from '@/components/credits/activity/local-time';
import { DeleteServer } from '@/components/servers/delete-server';
import { ServerStatus } from '@/components/servers/server-status';
import { EmptyState } from '@/components/credits/ui/empty-state';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import type { CatalogueAnswer, GameServer } from '@/lib/api';

interface ServerListProps {
  servers: readonly GameServer[];
  catalogue: CatalogueAnswer['data'];
}

/** All servers, with what each one is, what it cost, and why one failed. */
export function ServerList({ servers, catalogue }: ServerListProps) {
  if (servers.length === 0) {
    return (
      <Card>
        <EmptyState
          icon={Server}
          title="No servers yet"
          className="py-20"
          action={
            <Button asChild>
              <Link href="/servers/new">
                <Plus /> New server
              </Link>
            </Button>
          }
        >
          Pick a game, a place and a plan. The credits are reserved while it is set up, and only taken once it runs.
        </EmptyState>
      </Card>
    );
  }
  return (
    <ul className="grid gap-4 md:grid-cols-2">
      {servers.map((server) => (
        <li key={server.id} className="flex min-w-0">
          <ServerCard server={server} catalogue={catalogue} />
        </li>
      ))}
    </ul>
  );
}

function ServerCard({ server, catalogue }: { server: GameServer; catalogue: CatalogueAnswer['data'] }) {
  const software = catalogue.software.find(({ id }) => id === server.software_id);
  const location = catalogue.locations.find(({ id }) => id === server.location_id);
  const plan = catalogue.plans.find(({ id }) => id === server.plan_id);
  return (
    <Card className="min-w-0 flex-1">
      <div className="flex items-start justify-between gap-4 px-5 pt-5">
        <div className="min-w-0">
          <h2 className="truncate font-semibold">{server.name}</h2>
          <p className="mt-0.5 text-sm text-muted-foreground">
            {software === undefined ? server.software_id : `${software.name} ${software.version}`}
          </p>
        </div>
        <ServerStatus status={server.status} />
      </div>
      <dl className="grid grid-cols-3 gap-4 px-5 py-5 text-sm">
        <Fact term="Place">{location?.name ?? server.location_id}</Fact>
        <Fact term="Plan">{plan?.name ?? server.plan_id}</Fact>
        <Fact term="Created">
          <LocalTime iso={server.created_at} style="date" />
        </Fact>
      </dl>
      {server.status === 'failed' ? (
        <p className="mx-5 mb-5 rounded-md bg-destructive-soft px-3 py-2 text-[0.8125rem] text-destructive">
          {server.failure ?? 'It could not be set up.'} Nothing was charged.
        </p>
      ) : null}
      {server.status === 'provisioning' ? (
        <p className="mx-5 mb-5 rounded-md bg-info-soft px-3 py-2 text-[0.8125rem] text-info">
          Being set up. The credits are reserved and not charged yet.
        </p>
      ) : null}
      <div className="mt-auto flex min-h-14 items-center justify-between gap-4 border-t px-5 py-3">
        <p className="text-sm text-muted-foreground">
          {server.status === 'failed' ? (
            'Cost nothing'
          ) : (
            <>
              <Amount amount={server.total_cost} /> credits {server.status === 'provisioning' ? 'reserved' : 'paid'}
            </>
          )}
        </p>
        {server.status === 'running' || server.status === 'failed' ? <DeleteServer server={server} /> : null}
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
