'use client';

import { useEffect, useState } from 'react';
import { ArrowUpRight, RefreshCw } from 'lucide-react';
import type { Entry } from 'realtime-credits';
import { selectView, type CreditsState, type PendingOperation } from 'realtime-credits/client';
import { cn } from '@/lib/utils';
import { creditsClient } from '@/stores/credits-store';
import { formatAgo, formatCredits, formatDelta } from './format';
import type { Freshness } from './freshness';
import { changeOf, describeOther } from './recent-changes';
import { translate, translateReason, type MessageKey } from './messages';
import { TimeLines } from './time-lines';

const DOT: Record<Freshness['kind'], string> = {
  live: 'bg-success',
  polling: 'bg-success',
  connecting: 'bg-muted-foreground',
  stale: 'bg-credits',
  offline: 'bg-muted-foreground',
  stopped: 'bg-destructive',
  'signed-out': 'bg-muted-foreground',
};

const OPERATION_STATE: Record<PendingOperation['state'], MessageKey> = {
  open: 'stateOpen',
  sent: 'stateSent',
  unknown: 'stateUnknown',
  acknowledged: 'stateAcknowledged',
};

/** Its own, not the host's: a badge that brings no other parts fits into every project. */
const BUTTON =
  'flex h-8 items-center gap-2 rounded-sm px-3 text-[0.8125rem] font-medium whitespace-nowrap outline-none select-none hover:bg-accent focus-visible:ring-[3px] focus-visible:ring-ring/50';

/** Everything behind the number: what is confirmed, held and on its way, how fresh it is, and a way to ask again. */
export function CreditsDetails({
  state,
  freshness,
  activityHref,
  changes,
}: {
  state: CreditsState;
  freshness: Freshness;
  activityHref: string | undefined;
  /** The last changes, newest first; null where they are unknown. */
  changes: readonly Entry[] | null;
}) {
  const { shown } = selectView(state);
  const number = shown === null ? '—' : formatCredits(shown);
  const balance = state.confirmed?.balance;
  return (
    <div className="flex flex-col gap-3 text-sm">
      <div>
        <div className="flex items-center justify-between gap-3 text-xs text-muted-foreground">
          <p>{translate('toSpend')}</p>
          <span className="flex items-center gap-1.5 rounded-full border px-2 py-0.5">
            <span aria-hidden className={cn('size-1.5 rounded-full', DOT[freshness.kind])} />
            {freshness.word}
          </span>
        </div>
        <p className={cn('mt-0.5 leading-8 font-semibold tabular-nums', number.length > 15 ? 'text-xl' : 'text-2xl')}>
          {number}
        </p>
      </div>

      {balance !== undefined && (balance.held > 0 || state.accrued > 0 || state.pending.length > 0) && (
        <dl className="grid grid-cols-1 gap-2 border-t pt-3 tabular-nums">
          {balance.held > 0 && <Line name={translate('inAccount')} value={formatCredits(balance.posted)} />}
          {balance.held > 0 && (
            <Line name={translate('held')} note={translate('heldNote')} value={formatDelta(-balance.held)} />
          )}
          {(state.accrued > 0 || state.pending.length > 0) && (
            <Line name={translate('confirmed')} value={formatCredits(balance.available)} />
          )}
          {state.accrued > 0 && (
            <Line name={translate('since')} note={translate('sinceNote')} value={formatDelta(-state.accrued)} />
          )}
          {state.pending.map((operation) => (
            <Line
              key={operation.id}
              name={operation.reason === '' ? translate('yourChange') : operation.reason}
              note={translate(OPERATION_STATE[operation.state])}
              value={formatDelta(operation.delta)}
              tone={operation.delta < 0 ? 'text-destructive' : 'text-success'}
            />
          ))}
        </dl>
      )}

      {state.confirmed?.time !== undefined && <TimeLines key={state.confirmed.time.at} time={state.confirmed.time} />}

      {changes !== null && changes.length > 0 && (
        <section aria-label={translate('lastChanges')} className="border-t pt-3">
          <h3 className="text-xs text-muted-foreground">{translate('lastChanges')}</h3>
          <ul className="mt-1.5 grid gap-1.5">
            {changes.map((entry) => (
              <LastChange key={entry.version} entry={entry} />
            ))}
          </ul>
        </section>
      )}

      <p className="border-t pt-3 text-xs text-pretty text-muted-foreground">
        {freshness.sentence}
        {state.confirmedAt > 0 && (
          <>
            {' '}
            <span className="whitespace-nowrap">
              <Ago since={state.confirmedAt} within="updated" />
            </span>
          </>
        )}
      </p>

      <div className="flex items-center justify-between gap-2">
        <button
          type="button"
          aria-disabled={state.fetching}
          onClick={() => void creditsClient.refresh({ force: true })}
          className={cn(BUTTON, 'border border-input aria-disabled:pointer-events-none aria-disabled:opacity-50')}
        >
          <RefreshCw
            aria-hidden
            className={cn('size-3.5', state.fetching && 'animate-spin motion-reduce:animate-none')}
          />
          {translate('refresh')}
        </button>
        {activityHref !== undefined && (
          <a href={activityHref} className={BUTTON}>
            {translate('activity')}
            <ArrowUpRight aria-hidden className="size-3.5 rtl:-scale-x-100" />
          </a>
        )}
      </div>
    </div>
  );
}

function Line({
  name,
  note,
  value,
  tone,
}: {
  name: string;
  note?: string | undefined;
  value: string;
  tone?: string | undefined;
}) {
  return (
    <div className="flex items-baseline justify-between gap-4">
      <dt className="min-w-0">
        <span className="block wrap-anywhere">{name}</span>
        {note !== undefined && <span className="block text-xs text-muted-foreground">{note}</span>}
      </dt>
      <dd className={cn('shrink-0', tone)}>{value}</dd>
    </div>
  );
}

function LastChange({ entry }: { entry: Entry }) {
  const change = changeOf(entry);
  const other = describeOther(entry);
  return (
    <li className="flex items-baseline justify-between gap-3 text-[0.8125rem]">
      <span className="min-w-0">
        <span className="line-clamp-2 wrap-anywhere">{translateReason(entry.reason)}</span>
        <span className="block text-xs text-muted-foreground">
          {other === null ? null : <span className="inline-block first-letter:uppercase">{other}</span>}
          {other === null ? null : ' · '}
          <Ago since={Date.parse(entry.createdAt)} />
        </span>
      </span>
      <span className={cn('shrink-0 font-medium tabular-nums', change > 0 && 'text-success')}>
        {formatDelta(change)}
      </span>
    </li>
  );
}

/** Counts up while it is looked at. */
function Ago({ since, within }: { since: number; within?: 'updated' }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  const time = <time dateTime={new Date(since).toISOString()}>{formatAgo(now - since)}</time>;
  if (within === undefined) return time;
  const [before, after] = translate(within).split('{ago}');
  return (
    <>
      {before}
      {time}
      {after}
    </>
  );
}
