'use client';
import { useTranslations } from 'next-intl';
import { Check, CircleCheck, CircleHelp, CircleX, LoaderCircle } from 'lucide-react';
import Link from 'next/link';
import type { Snapshot } from 'realtime-credits';
import type { ReactNode } from 'react';

import { Amount } from '@/components/credits/activity/amount';
import { put } from '@/components/i18n/put';
import { useBalance } from '@/components/balance/use-balance';
import type { Creation } from '@/components/servers/use-create-server';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import type { Translator } from '@/i18n/translator';
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
  const t = useTranslations('servers.creation');
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
          {toTitle(creation, { t, name, unknown })}
        </h2>
        <div className="mt-2 max-w-md text-sm text-balance text-muted-foreground">
          <PanelText creation={creation} unknown={unknown} reserved={reserved} />
        </div>
      </div>
      <ol className="grid border-t sm:grid-cols-3 sm:divide-x">
        <Stage done={!creating || reserved} active={creating && !reserved}>
          {t(
            creation.state === 'refused'
              ? 'stage.nothing'
              : !creating || reserved
                ? 'stage.reserved'
                : 'stage.reserving',
          )}
        </Stage>
        <Stage done={creation.state === 'created'} active={reserved}>
          {t(
            creation.state === 'refused'
              ? 'stage.notSetUp'
              : creation.state === 'created'
                ? 'stage.setUp'
                : 'stage.settingUp',
          )}
        </Stage>
        <Stage done={creation.state === 'created'} active={false}>
          {t(creation.state === 'created' ? 'stage.charged' : 'stage.notCharged')}
        </Stage>
      </ol>
      {creation.state === 'creating' ? null : (
        <div className="flex flex-wrap justify-center gap-2 border-t px-6 py-5">
          <Button asChild variant={creation.state === 'created' ? 'default' : 'outline'}>
            <Link href={creation.state === 'created' ? `/servers/${creation.answer.server_id}` : '/servers'}>
              {t(creation.state === 'created' ? 'open' : 'yours')}
            </Link>
          </Button>
          <Button variant={creation.state === 'created' ? 'outline' : 'default'} onClick={onRestart}>
            {t(creation.state === 'created' ? 'another' : 'change')}
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

function toTitle(
  creation: CreationPanelProps['creation'],
  { t, name, unknown }: { t: Translator<'servers.creation'>; name: string; unknown: boolean },
): string {
  if (creation.state === 'created') return t('running', { name: creation.answer.server.name });
  if (creation.state === 'refused') return t('refused');
  return unknown ? t('unknown') : t('settingUp', { name });
}

function PanelText({
  creation,
  unknown,
  reserved,
}: Pick<CreationPanelProps, 'creation'> & { unknown: boolean; reserved: boolean }) {
  const t = useTranslations('servers.creation');
  if (creation.state === 'refused') return <p>{creation.message}</p>;
  if (creation.state === 'created') {
    const { cost_breakdown: cost, data, server } = creation.answer;
    return (
      <p>
        {t.rich(server.per_hour === null ? 'charged' : 'chargedHourly', {
          cost: put(<Amount amount={cost.total_cost} />),
          balance: put(<Amount amount={data.new_balance} />),
          unit: UNIT.many,
        })}
      </p>
    );
  }
  if (unknown) {
    return <p>{t('lost')}</p>;
  }
  return (
    <p>
      {t.rich(reserved ? 'reserved' : 'reserving', { cost: put(<Amount amount={creation.cost} />), unit: UNIT.many })}
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
