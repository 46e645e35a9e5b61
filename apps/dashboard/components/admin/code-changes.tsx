import type { ReactNode } from 'react';

import { LocalTime } from '@/components/credits/activity/local-time';
import type { AdminCodePageAnswer } from '@/lib/admin-api';
import { formatCredits } from '@/lib/format';
import { UNIT } from '@/lib/unit';

type CodeChange = AdminCodePageAnswer['data']['changes'][number];

/** What administrators did with a code, newest first. */
export function CodeChanges({ changes }: { changes: readonly CodeChange[] }) {
  return (
    <ul className="divide-y border-t">
      {changes.map(({ id, at, actor, kind, details, reason }) => (
        <li key={id} className="grid gap-0.5 px-5 py-3.5 text-sm sm:px-6">
          <p className="font-medium">{kind === 'create_code' ? 'Created' : describe(details)}</p>
          {kind === 'create_code' || reason === '' ? null : <p className="wrap-anywhere">{reason}</p>}
          <p className="text-[0.8125rem] text-muted-foreground">
            {actor}, <LocalTime iso={at} style="instant" />
          </p>
        </li>
      ))}
    </ul>
  );
}

const LABELS: Record<string, string> = { amount: UNIT.title, usesMax: 'Uses', startsAt: 'Start', endsAt: 'End' };

function describe(details: Record<string, unknown>): ReactNode {
  const parts = Object.entries(details).map(([name, value]) => {
    const { from, to } = value as { from: unknown; to: unknown };
    if (name === 'stopped') return <span key={name}>{to === true ? 'Stopped' : 'Resumed'}</span>;
    if (name === 'note') return <span key={name}>Note changed</span>;
    return (
      <span key={name}>
        {LABELS[name] ?? name} {show(from)} → {show(to)}
      </span>
    );
  });
  return <span className="flex flex-wrap gap-x-4 tabular-nums">{parts}</span>;
}

function show(value: unknown): ReactNode {
  if (typeof value === 'number') return formatCredits(value);
  return typeof value === 'string' ? <LocalTime iso={value} style="full" /> : 'open';
}
