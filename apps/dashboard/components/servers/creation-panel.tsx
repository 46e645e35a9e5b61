'use client';
import { Check, CircleCheck, CircleHelp, CircleX, LoaderCircle } from 'lucide-react';
import Link from 'next/link';
import type { Snapshot } from 'realtime-credits';
import type { ReactNode } from 'react';

import { Amount } from '@/components/credits/activity/amount';
import { useBalance } from '@/components/balance/use-balance';
import type { Creation } from '@/components/servers/use-create-server';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { UNIT } from '@/lib/unit';
import { cn } from '@/lib/utils';

interface CreationPanelProps {
  creation: Exclude<Creation, { state: 'choosing' }>;
  name: string;
  snapshot: Snapshot;
  onRestart: () => void;
}

/** The outcome of an order: reserved, set up, charged; or refused and released; or not known yet. */
export function CreationPanel({ creation, name, snapshot, onRestart }: CreationPanelProps) {
  const { pending } = useBalance(snapshot);
  const creating = creation.state === 'creating';
  const unknown = creating && pending.some(({ state }) => state === 'unknown');
  // An own command that is not pending any more is in what the ledger has confirmed.
  const reserved = creating && pending.length === 0;
  return (
    <Card className="mx-auto w-full max-w-xl" aria-live="polite">
      <div className="flex flex-col items-center px-6 pt-10 pb-8 text-center">
        <PanelSign creation={creation} unknown={unknown} />
        <h2
          key={creation.state}
          ref={takeFocus}
          tabIndex={-1}
          className="mt-5 text-xl font-semibold text-balance outline-none"
        >
          {toTitle(creation, name, unknown)}
        </h2>
        <div className="mt-2 max-w-md text-sm text-balance text-muted-foreground">
          <PanelText creation={creation} unknown={unknown} reserved={reserved} />
        </div>
      </div>
      <ol className="grid border-t sm:grid-cols-3 sm:divide-x">
        <Stage done={!creating || reserved} active={creating && !reserved}>
          {creation.state === 'refused' ? 'Nothing reserved' : !creating || reserved ? 'Reserved' : 'Reserving'}
        </Stage>
        <Stage done={creation.state === 'created'} active={reserved}>
          {creation.state === 'refused' ? 'Not set up' : creation.state === 'created' ? 'Set up' : 'Setting up'}
        </Stage>
        <Stage done={creation.state === 'created'} active={false}>
          {creation.state === 'created' ? 'Charged' : 'Not charged'}
        </Stage>
      </ol>
      {creation.state === 'creating' ? null : (
        <div className="flex flex-wrap justify-center gap-2 border-t px-6 py-5">
          <Button asChild variant={creation.state === 'created' ? 'default' : 'outline'}>
            <Link href={creation.state === 'created' ? `/servers/${creation.answer.server_id}` : '/servers'}>
              {creation.state === 'created' ? 'Open server' : 'Your servers'}
            </Link>
          </Button>
          <Button variant={creation.state === 'created' ? 'outline' : 'default'} onClick={onRestart}>
            {creation.state === 'created' ? 'Add another' : 'Change and try again'}
          </Button>
        </div>
      )}
    </Card>
  );
}

/** The form is gone, and with it the focused button: the keyboard continues from the heading of the result. */
function takeFocus(heading: HTMLHeadingElement | null): void {
  heading?.focus();
}

function PanelSign({ creation, unknown }: Pick<CreationPanelProps, 'creation'> & { unknown: boolean }) {
  if (creation.state === 'created') return <CircleCheck className="size-10 text-success" aria-hidden />;
  if (creation.state === 'refused') return <CircleX className="size-10 text-destructive" aria-hidden />;
  if (unknown) return <CircleHelp className="size-10 text-info" aria-hidden />;
  return <LoaderCircle className="size-10 animate-spin text-muted-foreground" aria-hidden />;
}

function toTitle(creation: CreationPanelProps['creation'], name: string, unknown: boolean): string {
  if (creation.state === 'created') return `“${creation.answer.server.name}” is running`;
  if (creation.state === 'refused') return 'Setup failed. You were not charged';
  return unknown ? 'The server has not answered yet' : `Setting up “${name}”`;
}

function PanelText({
  creation,
  unknown,
  reserved,
}: Pick<CreationPanelProps, 'creation'> & { unknown: boolean; reserved: boolean }) {
  if (creation.state === 'refused') return <p>{creation.message}</p>;
  if (creation.state === 'created') {
    const { cost_breakdown: cost, data, server } = creation.answer;
    return (
      <p>
        <Amount amount={cost.total_cost} /> {UNIT.many} were charged
        {server.per_hour === null ? null : ' for the first hour'}. You have <Amount amount={data.new_balance} /> left.
      </p>
    );
  }
  if (unknown) {
    return (
      <p>
        The connection was lost. We keep asking about your order. This makes no second server and charges nothing twice.
      </p>
    );
  }
  return (
    <p>
      <Amount amount={creation.cost} /> {UNIT.many} are {reserved ? 'reserved' : 'being reserved'}, not charged yet.{' '}
      {reserved ? 'You can leave this page. Setup continues.' : null}
    </p>
  );
}

function Stage({ done, active, children }: { done: boolean; active: boolean; children: ReactNode }) {
  return (
    <li
      aria-current={active ? 'step' : undefined}
      className={cn(
        'flex items-center justify-center gap-2 px-4 py-3.5 text-sm',
        done || active ? 'text-foreground' : 'text-muted-foreground',
      )}
    >
      {done ? <Check className="size-4 text-success" aria-hidden /> : null}
      {active ? <LoaderCircle className="size-4 animate-spin text-muted-foreground" aria-hidden /> : null}
      {children}
    </li>
  );
}
