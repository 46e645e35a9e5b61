'use client';

import { formatCredits } from '@/components/credits/format';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Card, CardAction, CardContent, CardDescription, CardHeader, CardTitle } from '@/components/ui/card';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import { cn } from '@/lib/utils';
import { useNews, type News } from './use-news';

const CHANNEL: Record<News['via'], string> = {
  you: 'you',
  stream: 'stream',
  fetch: 'fetch',
  answer: 'answer',
  tab: 'other tab',
};

const clock = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
});

/** Every frame as it arrives, between the person's own operations: what was heard, and what was shown right after. */
export function NewsTable({ className }: { className?: string }) {
  const { news, clear } = useNews();
  return (
    <Card className={className}>
      <CardHeader className="pb-5">
        <CardTitle>What arrives</CardTitle>
        <CardDescription>
          Your operations and every frame of the server, newest first. A grey line changed nothing: it was late, a
          repetition, or had to wait until an operation of yours was decided.
        </CardDescription>
        <CardAction>
          <Button variant="outline" size="sm" onClick={clear} aria-disabled={news.length === 0}>
            Clear
          </Button>
        </CardAction>
      </CardHeader>
      <CardContent className="p-0 sm:px-0">
        <div className="h-80 border-t lg:h-[clamp(16rem,100dvh-26rem,32rem)] *:data-[slot=table-frame]:h-full *:data-[slot=table-frame]:overflow-y-auto">
          {news.length === 0 ? (
            <p className="grid h-full place-items-center px-6 text-center text-sm text-muted-foreground">
              Run a scenario, or change your balance in another tab.
            </p>
          ) : (
            <Table aria-label="Frames as they arrive">
              <TableHeader className="sticky top-0 bg-card">
                <TableRow>
                  <TableHead>Time</TableHead>
                  <TableHead className="px-2">By</TableHead>
                  <TableHead className="w-full px-2">What</TableHead>
                  <TableHead className="px-2 text-right">Version</TableHead>
                  <TableHead className="px-2 text-right">Said</TableHead>
                  <TableHead className="px-2 text-right">Shown</TableHead>
                </TableRow>
              </TableHeader>
              <TableBody>
                {news.map((line) => (
                  <NewsLine key={line.key} line={line} />
                ))}
              </TableBody>
            </Table>
          )}
        </div>
      </CardContent>
    </Card>
  );
}

function NewsLine({ line }: { line: News }) {
  return (
    <TableRow className={cn('text-[0.8125rem]', line.unused && 'text-muted-foreground')}>
      <TableCell className="py-2 pr-2 font-mono text-[0.6875rem] whitespace-nowrap text-muted-foreground">
        {clock.format(line.at)}
      </TableCell>
      <TableCell className="px-2 py-2">
        <Badge variant={line.via === 'you' ? 'credits' : 'outline'}>{CHANNEL[line.via]}</Badge>
      </TableCell>
      <TableCell className="min-w-40 px-2 py-2">{line.text}</TableCell>
      <NumberCell amount={line.version} />
      <NumberCell amount={line.available} />
      <NumberCell amount={line.shown} className={cn(!line.unused && 'font-medium text-credits')} />
    </TableRow>
  );
}

function NumberCell({ amount, className }: { amount: number | null; className?: string }) {
  return (
    <TableCell className={cn('px-2 py-2 text-right tabular-nums', className)}>
      {amount === null ? '' : formatCredits(amount)}
    </TableCell>
  );
}
