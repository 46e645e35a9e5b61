import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import Link from 'next/link';

import { DeliveryTable } from '@/components/admin/delivery-table';
import { EventsCard } from '@/components/admin/events-card';
import { KeepFresh } from '@/components/admin/keep-fresh';
import { SettlementCard } from '@/components/admin/settlement-card';
import { Pager } from '@/components/admin/pager';
import { Messages } from '@/components/i18n/messages';
import { PageHeader } from '@/components/shell/page-header';
import type { AdminDeliveriesAnswer, AdminHealthAnswer } from '@/lib/admin-api';
import { readRoute, requireAdmin } from '@/lib/viewer';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('admin-health');
  return { title: t('title') };
}

interface HealthPageProps {
  searchParams: Promise<{ state?: string | string[]; before?: string | string[] }>;
}

const STATES = [
  { state: undefined, label: 'all' },
  { state: 'pending', label: 'states.pending' },
  { state: 'failed', label: 'states.failed' },
] as const;

export default async function HealthPage({ searchParams }: HealthPageProps) {
  await requireAdmin();
  const t = await getTranslations('admin-health');
  const params = await searchParams;
  const state = STATES.find((one) => one.state === params.state)?.state;
  const before = typeof params.before === 'string' && /^[0-9a-f-]{36}$/.test(params.before) ? params.before : undefined;
  const filter = new URLSearchParams({
    ...(state === undefined ? {} : { state }),
    ...(before === undefined ? {} : { before }),
  });
  const [{ data: health }, { data: deliveries, next }] = await Promise.all([
    readRoute<AdminHealthAnswer>('/api/admin/health'),
    readRoute<AdminDeliveriesAnswer>(`/api/admin/deliveries?${filter.toString()}`),
  ]);
  const toAddress = (query: Record<string, string>) => {
    const text = new URLSearchParams({ ...(state === undefined ? {} : { state }), ...query }).toString();
    return text === '' ? '/admin/health' : `/admin/health?${text}`;
  };
  return (
    <div className="grid gap-8 [&>*]:min-w-0">
      <KeepFresh />
      <PageHeader title={t('title')}>{t('text')}</PageHeader>
      <div className="grid gap-5 [&>*]:min-w-0">
        <SettlementCard health={health} />
        <EventsCard health={health} />
      </div>
      <section aria-labelledby="deliveries" className="grid gap-4 [&>*]:min-w-0">
        <div className="flex flex-wrap items-center justify-between gap-3">
          <h2 id="deliveries" className="font-semibold">
            {t('deliveries.title')}
          </h2>
          <nav aria-label={t('deliveries.filter')} className="flex gap-1 rounded-lg bg-muted p-1">
            {STATES.map(({ state: one, label }) => (
              <Link
                key={label}
                href={one === undefined ? '/admin/health' : `/admin/health?state=${one}`}
                scroll={false}
                aria-current={state === one ? 'page' : undefined}
                className="inline-flex h-8 items-center rounded-md px-3 text-sm font-medium text-muted-foreground outline-none hover:text-foreground focus-visible:ring-[3px] focus-visible:ring-ring/50 aria-[current]:bg-card aria-[current]:text-foreground aria-[current]:shadow-sm dark:aria-[current]:bg-accent forced-colors:aria-[current]:underline"
              >
                {t(`deliveries.${label}`)}
              </Link>
            ))}
          </nav>
        </div>
        <Messages areas={['admin-health', 'admin-shared', 'errors']}>
          <DeliveryTable deliveries={deliveries} isFiltered={state !== undefined || before !== undefined} />
        </Messages>
        <Pager
          newest={before === undefined ? null : toAddress({})}
          older={next === null ? null : toAddress({ before: next })}
        />
      </section>
    </div>
  );
}
