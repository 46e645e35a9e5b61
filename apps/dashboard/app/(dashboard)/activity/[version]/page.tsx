import { useTranslations } from 'next-intl';
import { getTranslations } from 'next-intl/server';
import type { Metadata } from 'next';
import Link from 'next/link';
import type { ReactNode } from 'react';

import { describeActivity, describeActor } from '@/components/activity/describe-activity';
import { Change } from '@/components/credits/activity/amount';
import { LocalTime } from '@/components/credits/activity/local-time';
import { translateReason } from '@/components/credits/messages';
import { Fact } from '@/components/fact';
import { BackLink } from '@/components/shell/back-link';
import { PageHeader } from '@/components/shell/page-header';
import { Card, CardHeader, CardTitle } from '@/components/ui/card';
import type { ActivityItem, ActivityItemAnswer } from '@/lib/api';
import { formatChange, formatCredits } from '@/lib/format';
import { readRoute } from '@/lib/viewer';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('activity');
  return { title: t('title') };
}

interface ActivityItemPageProps {
  params: Promise<{ version: string }>;
}

type Step = ActivityItemAnswer['data']['steps'][number];

export default async function ActivityItemPage({ params }: ActivityItemPageProps) {
  const t = await getTranslations('activity');
  const { version } = await params;
  const { data } = await readRoute<ActivityItemAnswer>(`/api/activity/${encodeURIComponent(version)}`);
  const { item, steps } = data;
  const { icon: Icon, title, note } = describeActivity(item, t);
  const [first, ...later] = steps;
  return (
    <div className="mx-auto grid w-full max-w-3xl gap-6 [&>*]:min-w-0">
      <div className="grid gap-4">
        <BackLink href="/activity">{t('title')}</BackLink>
        <PageHeader title={translateReason(item.reason)} />
      </div>
      <Card className="overflow-hidden">
        <div className="flex flex-wrap items-center gap-x-4 gap-y-3 border-b px-5 py-5 sm:px-6">
          <span className="flex size-11 items-center justify-center rounded-full bg-muted text-muted-foreground">
            <Icon className="size-5" aria-hidden />
          </span>
          <div className="min-w-0 flex-1">
            <p className="font-medium">{title}</p>
            {note === null ? null : <p className="text-sm text-muted-foreground">{note}</p>}
          </div>
          <Change amount={item.change} className="text-2xl font-semibold" />
        </div>
        <dl className="grid divide-y text-sm">
          <Fact term={t('item.when')}>
            <LocalTime iso={item.created_at} style="full" />
          </Fact>
          <Fact term={t('item.who')}>{describeActor(first?.by ?? item.by, t)}</Fact>
          {item.other === null ? null : (
            <Fact term={t(item.change > 0 ? 'item.from' : 'item.to')}>
              <bdi>{item.other}</bdi>
            </Fact>
          )}
          {first === undefined || later.length > 0 ? null : (
            <>
              <Fact term={t('item.before')}>{formatCredits(first.before.available)}</Fact>
              <Fact term={t('item.after')}>{formatCredits(first.after.available)}</Fact>
            </>
          )}
          {item.group === 'reserved' && item.reserved !== null ? (
            <Fact term={t('item.reservedUntil')}>
              <LocalTime iso={item.reserved.until} style="full" />
            </Fact>
          ) : null}
          {item.reverses === null ? null : (
            <Fact term={t(item.change > 0 ? 'item.refundOf' : 'item.takesBack')}>
              <ItemLink version={item.reverses.version}>{translateReason(item.reverses.reason)}</ItemLink>
              <span className="text-muted-foreground"> ({formatCredits(item.reverses.amount)})</span>
            </Fact>
          )}
          {item.reversed_by === null ? null : (
            <Fact term={t(item.change > 0 ? 'item.takenBack' : 'item.refunded')}>
              <ItemLink version={item.reversed_by}>{t('item.seeHow')}</ItemLink>
            </Fact>
          )}
          {item.reference === null ? null : (
            <Fact term={t('item.reference')}>
              <span className="font-mono text-[0.8125rem]">{item.reference}</span>
            </Fact>
          )}
        </dl>
      </Card>
      {steps.length < 2 ? null : <Steps steps={steps} />}
    </div>
  );
}

/** How a purchase went, with what could be spent before and after each step. */
function Steps({ steps }: { steps: readonly Step[] }) {
  const t = useTranslations('activity');
  return (
    <Card>
      <CardHeader className="pb-3">
        <CardTitle>{t('steps.title')}</CardTitle>
      </CardHeader>
      <ol className="divide-y border-t">
        {steps.map((step) => {
          const change = step.after.available - step.before.available;
          return (
            <li key={step.version} className="flex items-start justify-between gap-4 px-5 py-4 text-sm sm:px-6">
              <div className="min-w-0">
                <p className="font-medium">{t(`steps.${step.step}`, { amount: formatCredits(step.amount) })}</p>
                <p className="mt-0.5 text-[0.8125rem] wrap-anywhere text-muted-foreground">
                  <bdi>{describeActor(step.by, t)}</bdi> · <LocalTime iso={step.created_at} style="instant" />
                </p>
                <p className="mt-0.5 text-[0.8125rem] wrap-anywhere text-muted-foreground">
                  {translateReason(step.reason)}
                </p>
              </div>
              <div className="shrink-0 text-end tabular-nums">
                <p className="text-muted-foreground">
                  <span className="sr-only">{t('steps.available')}</span>
                  <bdi>
                    {formatCredits(step.before.available)} →{' '}
                    <span className="font-medium text-foreground">{formatCredits(step.after.available)}</span>
                  </bdi>
                </p>
                <p className="mt-0.5 text-[0.8125rem] text-muted-foreground">
                  {change === 0 ? t('steps.same') : t('steps.change', { amount: formatChange(change) })}
                </p>
              </div>
            </li>
          );
        })}
      </ol>
    </Card>
  );
}

function ItemLink({ version, children }: { version: ActivityItem['version']; children: ReactNode }) {
  return (
    <Link
      href={`/activity/${version}`}
      className="rounded-sm underline decoration-border underline-offset-4 outline-none hover:decoration-foreground focus-visible:ring-[3px] focus-visible:ring-ring/50"
    >
      {children}
    </Link>
  );
}
