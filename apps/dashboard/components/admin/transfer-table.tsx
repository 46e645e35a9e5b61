import { ArrowRight, SearchX } from 'lucide-react';
import { useTranslations } from 'next-intl';
import Link from 'next/link';

import { Amount } from '@/components/credits/activity/amount';
import { LocalTime } from '@/components/credits/activity/local-time';
import { translateReason } from '@/components/credits/messages';
import { EmptyState } from '@/components/credits/ui/empty-state';
import { Badge } from '@/components/ui/badge';
import { Card } from '@/components/ui/card';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import type { Translator } from '@/i18n/translator';
import type { AdminTransfersAnswer, TransferSide, TransferView } from '@/lib/admin-api';
import type { TransferQuery } from '@/lib/transfers';
import { UNIT } from '@/lib/unit';

/** Transfers of all accounts, newest first. */
export function TransferTable({ page, query }: { page: AdminTransfersAnswer['data']; query: TransferQuery }) {
  const t = useTranslations('admin-transactions');
  const { transfers, next, is_user_unknown: isUserUnknown } = page;
  if (transfers.length === 0) {
    const isFiltered = Object.keys(query).length > 0;
    return (
      <Card>
        <EmptyState
          icon={SearchX}
          title={
            isUserUnknown
              ? t('empty.unknown', { name: query.user ?? '' })
              : t(next !== null ? 'empty.newest' : isFiltered ? 'empty.filtered' : 'empty.none')
          }
        >
          {isUserUnknown
            ? t('empty.unknownText')
            : next !== null
              ? t('empty.newestText')
              : isFiltered
                ? t('empty.filteredText')
                : t('empty.noneText', { unit: UNIT.many })}
        </EmptyState>
      </Card>
    );
  }
  return (
    <Card className="overflow-hidden">
      <Table aria-label={t('table.label')}>
        <TableHeader>
          <TableRow>
            <TableHead>{t('table.what')}</TableHead>
            <TableHead className="max-sm:hidden">{t('table.sides')}</TableHead>
            <TableHead className="text-end">{UNIT.title}</TableHead>
            <TableHead className="max-lg:hidden">{t('table.by')}</TableHead>
            <TableHead className="max-sm:hidden">{t('table.when')}</TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {transfers.map((transfer) => (
            <TableRow key={transfer.id} className="hover:bg-accent/30">
              <TableCell className="whitespace-normal sm:min-w-48">
                <Link
                  href={`/admin/activity/${transfer.id}`}
                  className="rounded-sm font-medium wrap-anywhere underline-offset-4 outline-none hover:underline focus-visible:ring-[3px] focus-visible:ring-ring/50"
                >
                  <bdi>{transfer.reason === '' ? t(`groups.${transfer.group}`) : translateReason(transfer.reason)}</bdi>
                </Link>
                <p className="mt-1 max-sm:hidden">
                  <Badge variant="outline">{t(`groups.${transfer.group}`)}</Badge>
                </p>
                <div className="mt-1.5 text-[0.8125rem] text-muted-foreground sm:hidden">
                  <p>
                    {t(`groups.${transfer.group}`)} · <LocalTime iso={transfer.created_at} style="instant" />
                  </p>
                  <Sides transfer={transfer} />
                </div>
              </TableCell>
              <TableCell className="max-sm:hidden">
                <Sides transfer={transfer} />
              </TableCell>
              <TableCell className="text-end">
                <Amount amount={transfer.amount} />
              </TableCell>
              <TableCell className="max-w-40 truncate text-muted-foreground max-lg:hidden">
                <bdi>{nameActor(transfer.by, t)}</bdi>
              </TableCell>
              <TableCell className="whitespace-nowrap text-muted-foreground max-sm:hidden">
                <LocalTime iso={transfer.created_at} style="instant" />
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Card>
  );
}

function Sides({ transfer: { from, to } }: { transfer: Pick<TransferView, 'from' | 'to'> }) {
  const t = useTranslations('admin-shared.sides');
  return (
    <p className="flex flex-wrap items-center gap-x-2">
      <Side side={from} />
      <ArrowRight aria-label={t('to')} className="size-3.5 shrink-0 text-muted-foreground rtl:-scale-x-100" />
      <Side side={to} />
    </p>
  );
}

/** A user with a link to their page; where credits come from and go to beside people, in grey. */
export function Side({ side: { id, name } }: { side: TransferSide }) {
  const t = useTranslations('admin-shared.sides');
  const known = NAMES[name];
  const text = known === undefined ? name : t(known);
  return id === null ? (
    <span className="text-muted-foreground">{text}</span>
  ) : (
    <Link
      href={`/admin/users/${encodeURIComponent(id)}`}
      className="max-w-36 truncate rounded-sm underline decoration-border underline-offset-4 outline-none hover:decoration-foreground focus-visible:ring-[3px] focus-visible:ring-ring/50"
    >
      <bdi>{text}</bdi>
    </Link>
  );
}

/** What the server calls those who have no user name, which has no capital. */
const NAMES: Readonly<Record<string, 'issued' | 'spent' | 'expired' | 'closed'>> = {
  Issued: 'issued',
  Spent: 'spent',
  Expired: 'expired',
  'A closed account': 'closed',
};

/** Who caused a transfer: a user, or a part of the system. */
export function nameActor(by: string, t: Translator<'admin-transactions'>): string {
  return by.startsWith(SYSTEM) ? t('system', { name: by.slice(SYSTEM.length) }) : by;
}

const SYSTEM = 'System: ';
