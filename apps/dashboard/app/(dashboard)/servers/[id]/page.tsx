import { getTranslations } from 'next-intl/server';
import { ExternalLink } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import type { ReactNode } from 'react';

import { Messages } from '@/components/i18n/messages';
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
import type { Translator } from '@/i18n/translator';
import type { GameServer, ServerAnswer } from '@/lib/api';
import { formatCredits, formatCreditsWithUnit, formatMegabytes, formatProcessors } from '@/lib/format';
import { MONTH_DAYS, toMonthly } from '@/lib/runway';
import { UNIT } from '@/lib/unit';
import { readRoute, requireViewer } from '@/lib/viewer';
import { getRuntime } from '@/server/runtime';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('servers');
  return { title: t('page.title') };
}

interface ServerPageProps {
  params: Promise<{ id: string }>;
}

/** One server: where it is, how it stands, what it costs, and what can be done with it. */
export default async function ServerPage({ params }: ServerPageProps) {
  const t = await getTranslations('servers');
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
    <Messages areas={['servers', 'errors']}>
      <div className="grid gap-6 [&>*]:min-w-0">
        <header className="flex flex-wrap items-center justify-between gap-x-6 gap-y-4">
          <div className="flex min-w-0 items-center gap-4">
            <GameArt type={server.type_id} className="size-16 rounded-xl" />
            <div className="grid min-w-0 gap-1.5">
              <h1 className="text-2xl leading-tight font-semibold tracking-tight wrap-anywhere">
                <bdi>{server.name}</bdi>
              </h1>
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
                  {t('page.openPanel')} <ExternalLink />
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
                <CardTitle>{t('page.cost')}</CardTitle>
              </CardHeader>
              <CardContent>
                <dl className="grid grid-cols-2 gap-x-5 gap-y-6 sm:grid-cols-3">
                  {server.per_hour === null ? (
                    <Stat label={t('page.price')} note={t('page.once')}>
                      {formatCredits(server.total_cost)}
                    </Stat>
                  ) : (
                    <Stat
                      label={t('page.perHour')}
                      note={t('page.inDays', { amount: formatCredits(toMonthly(server.per_hour)), days: MONTH_DAYS })}
                    >
                      {formatCredits(server.per_hour)}
                    </Stat>
                  )}
                  <Stat label={t('page.soFar')} note={UNIT.of(charged)}>
                    {formatCredits(charged)}
                  </Stat>
                  <Stat label={t('page.last', { unit: UNIT.many })} className="col-span-2 sm:col-span-1">
                    <span className="block text-base leading-6 font-medium tracking-normal">
                      {spending.exhaustsAtMs === null ? (
                        t('page.noBurn')
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
                <CardTitle>{t('page.charges')}</CardTitle>
                <CardDescription>{describeCharges(server, { t, count: charges.length })}</CardDescription>
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
              <CardTitle>{t('page.details')}</CardTitle>
            </CardHeader>
            <dl className="divide-y border-t text-sm">
              <Fact term={t('page.address')}>
                {address === null ? (
                  <span className="text-muted-foreground">
                    {t(isThere ? 'page.addressUnknown' : 'page.addressNone')}
                  </span>
                ) : (
                  <span className="flex items-center gap-2">
                    <span dir="ltr" className="font-mono text-[0.8125rem] wrap-anywhere">
                      {address}
                    </span>
                    <CopyButton text={address} label={t('page.copyAddress')} compact />
                  </span>
                )}
              </Fact>
              <Fact term={t('page.software')}>
                {software === undefined ? server.software_id : `${software.name} ${software.version}`}
              </Fact>
              <Fact term={t('location')}>{location?.name ?? server.location_id}</Fact>
              <Fact term={t('plan')}>{plan?.name ?? server.plan_id}</Fact>
              {plan === undefined ? null : (
                <Fact term={t('page.size')}>
                  {t('page.sizeText', {
                    memory: formatMegabytes(plan.memory_mb),
                    disk: formatMegabytes(plan.disk_mb),
                    processors: formatProcessors(plan.cpu_percent),
                  })}
                </Fact>
              )}
              <Fact term={t('created')}>
                <LocalTime iso={server.created_at} style="date" />
              </Fact>
              <Fact term={t('page.panel')}>
                {panelUrl !== null ? (
                  <a href={panelUrl} rel="noreferrer" target="_blank" className="underline underline-offset-4">
                    {t('page.open')}
                  </a>
                ) : provisioner === 'simulator' ? (
                  t('page.panelSimulated')
                ) : (
                  t('page.panelUnknown')
                )}
              </Fact>
            </dl>
          </Card>
        </div>
        <p className="text-sm lg:hidden">
          <Link href="/servers" className="underline underline-offset-4">
            {t('page.back')}
          </Link>
        </p>
      </div>
    </Messages>
  );
}

function describeCharges(
  { per_hour: perHour, total_cost: total, status }: GameServer,
  { t, count }: { t: Translator<'servers'>; count: number },
): string {
  if (status === 'failed') return t('page.neverRan');
  if (perHour === null) return t('page.paidOnce', { amount: formatCreditsWithUnit(total) });
  if (count === 0) return t('page.noCharges');
  return t('page.byDay');
}

function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-1 px-5 py-3 sm:px-6">
      <dt className="text-muted-foreground">{term}</dt>
      <dd className="min-w-0 text-end wrap-anywhere">{children}</dd>
    </div>
  );
}
