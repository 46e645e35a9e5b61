import { ExternalLink } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import type { ReactNode } from 'react';

import { ActivityRow } from '@/components/activity/activity-row';
import { CopyButton } from '@/components/copy-button';
import { LocalTime } from '@/components/credits/activity/local-time';
import { DeleteServer } from '@/components/servers/delete-server';
import { GameArt } from '@/components/servers/game-art';
import { toSpending } from '@/components/servers/power';
import { PowerServer } from '@/components/servers/power-server';
import { Runway } from '@/components/servers/runway';
import { ServerNote } from '@/components/servers/server-note';
import { ServerStatus, SimulatorBadge } from '@/components/servers/server-status';
import { Stat } from '@/components/stat';
import { Button } from '@/components/ui/button';
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from '@/components/ui/card';
import type { GameServer, ServerAnswer } from '@/lib/api';
import { formatCredits, formatCreditsWithUnit, formatMegabytes, formatProcessors } from '@/lib/format';
import { MONTH_DAYS, toMonthly } from '@/lib/runway';
import { UNIT } from '@/lib/unit';
import { readRoute, requireViewer } from '@/lib/viewer';
import { getRuntime } from '@/server/runtime';

export const metadata: Metadata = { title: 'Server' };

interface ServerPageProps {
  params: Promise<{ id: string }>;
}

/** One server: where it is, how it stands, what it costs, and what can be done with it. */
export default async function ServerPage({ params }: ServerPageProps) {
  const { id } = await params;
  const { snapshot } = await requireViewer();
  const { data } = await readRoute<ServerAnswer>(`/api/servers/${encodeURIComponent(id)}`);
  const { server, burn, address, panel_url: panelUrl, charged, charges, provisioner } = data;
  const renderedAt = Date.now();
  const spending = toSpending(burn, snapshot.balance.available);
  const catalogue = getRuntime().readCatalogue();
  const plan = catalogue.plans.find((each) => each.id === server.plan_id);
  const software = catalogue.software.find((each) => each.id === server.software_id);
  const location = catalogue.locations.find((each) => each.id === server.location_id);
  const isThere = server.status === 'running' || server.status === 'stopped' || server.status === 'suspended';
  return (
    <div className="grid gap-6 [&>*]:min-w-0">
      <header className="flex flex-wrap items-center justify-between gap-x-6 gap-y-4">
        <div className="flex min-w-0 items-center gap-4">
          <GameArt type={server.type_id} className="size-16 rounded-xl" />
          <div className="grid min-w-0 gap-1.5">
            <h1 className="text-2xl leading-tight font-semibold tracking-tight wrap-anywhere">{server.name}</h1>
            <p className="flex flex-wrap items-center gap-2">
              <ServerStatus status={server.status} />
              {provisioner === 'simulator' ? <SimulatorBadge /> : null}
            </p>
          </div>
        </div>
        <div className="flex flex-wrap items-center gap-2">
          {panelUrl === null ? null : (
            <Button asChild variant="outline">
              <a href={panelUrl} rel="noreferrer" target="_blank">
                Open panel <ExternalLink />
              </a>
            </Button>
          )}
          {isThere && server.status !== 'suspended' ? (
            <PowerServer server={server} spending={spending} renderedAt={renderedAt} />
          ) : null}
          {isThere || server.status === 'failed' ? (
            <DeleteServer server={server} spending={spending} renderedAt={renderedAt} leaveTo="/servers" />
          ) : null}
        </div>
      </header>
      <ServerNote server={server} className="rounded-lg px-4 py-3 text-sm" />
      <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,1.35fr)_minmax(0,1fr)] [&>*]:min-w-0">
        <div className="grid gap-5 [&>*]:min-w-0">
          <Card>
            <CardHeader>
              <CardTitle>Cost</CardTitle>
            </CardHeader>
            <CardContent>
              <dl className="grid grid-cols-2 gap-x-5 gap-y-6 sm:grid-cols-3">
                {server.per_hour === null ? (
                  <Stat label="Price" note="Paid once">
                    {formatCredits(server.total_cost)}
                  </Stat>
                ) : (
                  <Stat label="Per hour" note={`${formatCredits(toMonthly(server.per_hour))} in ${MONTH_DAYS} days`}>
                    {formatCredits(server.per_hour)}
                  </Stat>
                )}
                <Stat label="So far" note={charged === 1 ? UNIT.one : UNIT.many}>
                  {formatCredits(charged)}
                </Stat>
                <Stat label={`Your ${UNIT.many} last`} className="col-span-2 sm:col-span-1">
                  <span className="block text-base leading-6 font-medium tracking-normal">
                    {spending.exhaustsAtMs === null ? (
                      'Nothing uses them by the hour'
                    ) : (
                      <Runway until={spending.exhaustsAtMs} renderedAt={renderedAt} />
                    )}
                  </span>
                </Stat>
              </dl>
            </CardContent>
          </Card>
          <Card className="overflow-hidden">
            <CardHeader className="pb-3">
              <CardTitle>Charges</CardTitle>
              <CardDescription>{describeCharges(server, charges.length)}</CardDescription>
            </CardHeader>
            {charges.length === 0 ? null : (
              <ul className="divide-y border-t">
                {charges.map((item) => (
                  <ActivityRow key={item.version} item={item} time="short" />
                ))}
              </ul>
            )}
          </Card>
        </div>
        <Card>
          <CardHeader className="pb-3">
            <CardTitle>Details</CardTitle>
          </CardHeader>
          <dl className="divide-y border-t text-sm">
            <Fact term="Address">
              {address === null ? (
                <span className="text-muted-foreground">{isThere ? 'The panel does not say' : 'None'}</span>
              ) : (
                <span className="flex items-center gap-2">
                  <span className="font-mono text-[0.8125rem] wrap-anywhere">{address}</span>
                  <CopyButton text={address} label="Copy address" compact />
                </span>
              )}
            </Fact>
            <Fact term="Software">
              {software === undefined ? server.software_id : `${software.name} ${software.version}`}
            </Fact>
            <Fact term="Location">{location?.name ?? server.location_id}</Fact>
            <Fact term="Plan">{plan?.name ?? server.plan_id}</Fact>
            {plan === undefined ? null : (
              <Fact term="Size">
                {formatMegabytes(plan.memory_mb)} memory, {formatMegabytes(plan.disk_mb)} disk,{' '}
                {formatProcessors(plan.cpu_percent)}
              </Fact>
            )}
            <Fact term="Created">
              <LocalTime iso={server.created_at} style="date" />
            </Fact>
            <Fact term="Panel">
              {panelUrl !== null ? (
                <a href={panelUrl} rel="noreferrer" target="_blank" className="underline underline-offset-4">
                  Open
                </a>
              ) : provisioner === 'simulator' ? (
                'Simulated: there is none'
              ) : (
                'It does not say where'
              )}
            </Fact>
          </dl>
        </Card>
      </div>
      <p className="text-sm lg:hidden">
        <Link href="/servers" className="underline underline-offset-4">
          All servers
        </Link>
      </p>
    </div>
  );
}

function describeCharges({ per_hour: perHour, total_cost: total, status }: GameServer, count: number): string {
  if (status === 'failed') return 'It never ran. You were not charged.';
  if (perHour === null) return `${formatCreditsWithUnit(total)}, once. It costs nothing by the hour.`;
  if (count === 0) return 'Nothing yet.';
  return 'Day by day, newest first. Each start pays for its first hour at once.';
}

function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-1 px-5 py-3 sm:px-6">
      <dt className="text-muted-foreground">{term}</dt>
      <dd className="min-w-0 text-right wrap-anywhere">{children}</dd>
    </div>
  );
}
