import { Ticket } from 'lucide-react';
import Link from 'next/link';

import { CodeStateBadge } from '@/components/admin/code-state';
import { Amount } from '@/components/credits/activity/amount';
import { LocalTime } from '@/components/credits/activity/local-time';
import { EmptyState } from '@/components/credits/ui/empty-state';
import { Card } from '@/components/ui/card';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import type { AdminCode } from '@/lib/admin-api';
import { formatCredits } from '@/lib/format';
import { UNIT } from '@/lib/unit';

interface CodeTableProps {
  codes: readonly AdminCode[];
  /** The server's clock when the page was rendered, in milliseconds. */
  at: number;
}

/** Codes, newest first. */
export function CodeTable({ codes, at }: CodeTableProps) {
  if (codes.length === 0) {
    return (
      <Card>
        <EmptyState icon={Ticket} title="No codes yet">
          Create one for an event, a newsletter or a stream. Players redeem it under Earn.
        </EmptyState>
      </Card>
    );
  }
  return (
    <Card className="overflow-hidden">
      <Table aria-label="Codes">
        <TableHeader>
          <TableRow>
            <TableHead>Code</TableHead>
            <TableHead className="text-right max-sm:hidden">{UNIT.title}</TableHead>
            <TableHead className="text-right">Used</TableHead>
            <TableHead className="max-sm:hidden">State</TableHead>
            <TableHead className="max-lg:hidden">Start</TableHead>
            <TableHead className="max-sm:hidden">End</TableHead>
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
                  {code.code}
                </Link>
                {code.note === '' ? null : (
                  <p className="mt-0.5 text-[0.8125rem] wrap-anywhere text-muted-foreground">{code.note}</p>
                )}
                <p className="mt-1.5 flex items-center gap-2.5 sm:hidden">
                  <CodeStateBadge code={code} at={at} />
                  <span>
                    <Amount amount={code.amount} /> each
                  </span>
                </p>
              </TableCell>
              <TableCell className="text-right max-sm:hidden">
                <Amount amount={code.amount} />
              </TableCell>
              <TableCell className="text-right whitespace-nowrap tabular-nums">
                {formatCredits(code.uses)}{' '}
                <span className="text-muted-foreground">of {formatCredits(code.uses_max)}</span>
              </TableCell>
              <TableCell className="max-sm:hidden">
                <CodeStateBadge code={code} at={at} />
              </TableCell>
              <TableCell className="whitespace-nowrap text-muted-foreground max-lg:hidden">
                <LocalTime iso={code.starts_at} style="full" />
              </TableCell>
              <TableCell className="whitespace-nowrap text-muted-foreground max-sm:hidden">
                {code.ends_at === null ? 'Open' : <LocalTime iso={code.ends_at} style="full" />}
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Card>
  );
}
