import { useTranslations } from 'next-intl';
import { Plus, Server } from 'lucide-react';
import Link from 'next/link';

import { describeCost } from '@/components/servers/describe-cost';
import { GameArt } from '@/components/servers/game-art';
import { ServerStatus } from '@/components/servers/server-status';
import { EmptyState } from '@/components/credits/ui/empty-state';
import { Button } from '@/components/ui/button';
import { Card, CardAction, CardFooter, CardHeader, CardTitle } from '@/components/ui/card';
import type { GameServer } from '@/lib/api';

const SHOWN_MAX = 5;

/** The newest servers in short, for the overview; those that never ran are last. */
export function ServersCard({ servers }: { servers: readonly GameServer[] }) {
  const t = useTranslations('servers');
  const tCost = useTranslations('servers.cost');
  const isFailed = ({ status }: GameServer): boolean => status === 'failed';
  return (
    <Card>
      <CardHeader className="items-center pb-3">
        <CardTitle>{t('title')}</CardTitle>
        <CardAction className="row-span-1">
          <Button asChild variant="ghost" size="sm">
            <Link href="/servers">{t('all')}</Link>
          </Button>
        </CardAction>
      </CardHeader>
      {servers.length === 0 ? (
        <EmptyState
          icon={Server}
          title={t('empty.title')}
          className="flex-1 justify-center pt-6"
          action={
            <Button asChild size="sm">
              <Link href="/servers/new">
                <Plus /> {t('new')}
              </Link>
            </Button>
          }
        >
          {t('empty.short')}
        </EmptyState>
      ) : (
        <>
          <ul className="divide-y border-t">
            {servers
              .toSorted((one, other) => Number(isFailed(one)) - Number(isFailed(other)))
              .slice(0, SHOWN_MAX)
              .map((server) => (
                <li key={server.id} className="flex items-center justify-between gap-4 px-5 py-4 sm:px-6">
                  <GameArt type={server.type_id} className="size-9" />
                  <div className="min-w-0 flex-1">
                    <p className="truncate text-sm font-medium">
                      <Link
                        href={`/servers/${server.id}`}
                        className="rounded-sm outline-none hover:underline hover:underline-offset-4 focus-visible:ring-[3px] focus-visible:ring-ring/50"
                      >
                        <bdi>{server.name}</bdi>
                      </Link>
                    </p>
                    <p className="mt-0.5 text-[0.8125rem] text-muted-foreground">{describeCost(server, tCost)}</p>
                  </div>
                  <ServerStatus status={server.status} />
                </li>
              ))}
          </ul>
          <CardFooter className="border-t">
            <Button asChild variant="secondary" size="sm">
              <Link href="/servers/new">
                <Plus /> {t('new')}
              </Link>
            </Button>
          </CardFooter>
        </>
      )}
    </Card>
  );
}
