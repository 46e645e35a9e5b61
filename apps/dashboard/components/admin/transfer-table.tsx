import { ArrowRight, SearchX } from 'lucide-react';
import Link from 'next/link';

import { Amount } from '@/components/credits/activity/amount';
import { LocalTime } from '@/components/credits/activity/local-time';
import { EmptyState } from '@/components/credits/ui/empty-state';
import { Badge } from '@/components/ui/badge';
import { Card } from '@/components/ui/card';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import type { AdminTransfersAnswer, TransferSide, TransferView } from '@/lib/admin-api';
import { TRANSFER_LABELS, type TransferQuery } from '@/lib/transfers';
import { UNIT } from '@/lib/unit';

/** Transfers of all accounts, newest first. */
export function TransferTable({ page, query }: { page: AdminTransfersAnswer['data']; query: TransferQuery }) {
  const { transfers, next, is_user_unknown: isUserUnknown } = page;
  if (transfers.length === 0) {
    const isFiltered = Object.keys(query).length > 0;
    return (
      <Card>
        <EmptyState
          icon={SearchX}
          title={
            isUserUnknown
              ? `Nobody is called ${query.user ?? ''}`
              : next !== null
                ? 'None among the newest'
                : isFiltered
                  ? 'No transaction matches'
                  : 'No transaction yet'
          }
        >
          {isUserUnknown
            ? 'Enter a whole user name. A part of one finds users on the page Users.'
            : next !== null
              ? 'None of the 100,000 transactions that were looked at matches. Search on among older ones.'
              : isFiltered
                ? 'Try fewer conditions.'
                : `Whatever moves ${UNIT.many} is listed here.`}
        </EmptyState>
      </Card>
    );
  }
  return (
    <Card className="overflow-hidden">
      <Table aria-label="Transactions">
        <TableHeader>
          <TableRow>
            <TableHead>What and why</TableHead>
            <TableHead className="max-sm:hidden">From and to</TableHead>
            <TableHead className="text-right">{UNIT.title}</TableHead>
            <TableHead className="max-lg:hidden">By</TableHead>
            <TableHead className="max-sm:hidden">When</TableHead>
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
                  {transfer.reason === '' ? TRANSFER_LABELS[transfer.group] : transfer.reason}
                </Link>
                <p className="mt-1 max-sm:hidden">
                  <Badge variant="outline">{TRANSFER_LABELS[transfer.group]}</Badge>
                </p>
                <div className="mt-1.5 text-[0.8125rem] text-muted-foreground sm:hidden">
                  <p>
                    {TRANSFER_LABELS[transfer.group]} · <LocalTime iso={transfer.created_at} style="instant" />
                  </p>
                  <Sides transfer={transfer} />
                </div>
              </TableCell>
              <TableCell className="max-sm:hidden">
                <Sides transfer={transfer} />
              </TableCell>
              <TableCell className="text-right">
                <Amount amount={transfer.amount} />
              </TableCell>
              <TableCell className="max-w-40 truncate text-muted-foreground max-lg:hidden">{transfer.by}</TableCell>
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
  return (
    <p className="flex flex-wrap items-center gap-x-2">
      <Side side={from} />
      <ArrowRight aria-label="to" className="size-3.5 shrink-0 text-muted-foreground" />
      <Side side={to} />
    </p>
  );
}

/** A user with a link to their page; where credits come from and go to beside people, in grey. */
export function Side({ side: { id, name } }: { side: TransferSide }) {
  return id === null ? (
    <span className="text-muted-foreground">{name}</span>
  ) : (
    <Link
      href={`/admin/users/${encodeURIComponent(id)}`}
      className="max-w-36 truncate rounded-sm underline decoration-border underline-offset-4 outline-none hover:decoration-foreground focus-visible:ring-[3px] focus-visible:ring-ring/50"
    >
      {name}
    </Link>
  );
}
