import { Ticket } from 'lucide-react';
import { useTranslations } from 'next-intl';
import Link from 'next/link';

import { CodeStateBadge, CodeUses } from '@/components/admin/code-state';
import { Amount } from '@/components/credits/activity/amount';
import { LocalTime } from '@/components/credits/activity/local-time';
import { EmptyState } from '@/components/credits/ui/empty-state';
import { Card } from '@/components/ui/card';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import { put } from '@/components/i18n/put';
import type { AdminCode } from '@/lib/admin-api';
import { UNIT } from '@/lib/unit';

interface CodeTableProps {
  codes: readonly AdminCode[];
  /** The server's clock when the page was rendered, in milliseconds. */
  at: number;
}

/** Codes, newest first. */
export function CodeTable({ codes, at }: CodeTableProps) {
  const t = useTranslations('admin-codes');
  if (codes.length === 0) {
    return (
      <Card>
        <EmptyState icon={Ticket} title={t('table.none')}>
          {t('table.noneText')}
        </EmptyState>
      </Card>
    );
  }
  return (
    <Card className="overflow-hidden">
      <Table aria-label={t('table.label')}>
        <TableHeader>
          <TableRow>
            <TableHead>{t('table.code')}</TableHead>
            <TableHead className="text-end max-sm:hidden">{UNIT.title}</TableHead>
            <TableHead className="text-end">{t('table.used')}</TableHead>
            <TableHead className="max-sm:hidden">{t('table.state')}</TableHead>
            <TableHead className="max-lg:hidden">{t('table.start')}</TableHead>
            <TableHead className="max-sm:hidden">{t('table.end')}</TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {codes.map((code) => (
            <TableRow key={code.id} className="hover:bg-accent/30">
              <TableCell className="sm:min-w-56">
                <Link
                  href={`/admin/codes/${code.code}`}
                  className="rounded-sm font-mono font-medium wrap-anywhere underline-offset-4 outline-none hover:underline focus-visible:ring-[3px] focus-visible:ring-ring/50"
                >
                  <bdi>{code.code}</bdi>
                </Link>
                {code.note === '' ? null : (
                  <p className="mt-0.5 text-[0.8125rem] wrap-anywhere text-muted-foreground">
                    <bdi>{code.note}</bdi>
                  </p>
                )}
                <p className="mt-1.5 flex items-center gap-2.5 sm:hidden">
                  <CodeStateBadge code={code} at={at} />
                  <span>{t.rich('table.each', { amount: put(<Amount amount={code.amount} />) })}</span>
                </p>
              </TableCell>
              <TableCell className="text-end max-sm:hidden">
                <Amount amount={code.amount} />
              </TableCell>
              <TableCell className="text-end whitespace-nowrap tabular-nums">
                <CodeUses code={code} className="text-muted-foreground" />
              </TableCell>
              <TableCell className="max-sm:hidden">
                <CodeStateBadge code={code} at={at} />
              </TableCell>
              <TableCell className="whitespace-nowrap text-muted-foreground max-lg:hidden">
                <LocalTime iso={code.starts_at} style="full" />
              </TableCell>
              <TableCell className="whitespace-nowrap text-muted-foreground max-sm:hidden">
                {code.ends_at === null ? t('open') : <LocalTime iso={code.ends_at} style="full" />}
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Card>
  );
}
