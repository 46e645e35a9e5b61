import type { Entry } from 'realtime-credits';

import { formatCredits } from '../format';
import { translateReason } from '../messages';
import { Change } from './amount';
import { describeEntry } from './describe-entry';
import type { InstantStyle } from './instant';
import { LocalTime } from './local-time';
import { translate } from './messages';

interface EntryRowProps {
  entry: Entry;
  time: InstantStyle;
  /** Shows the balance before and after, and what needs explaining. */
  detailed?: boolean;
}

/** One change of the balance: what happened and why, by how much, and what it made of the balance. */
export function EntryRow({ entry, time, detailed = false }: EntryRowProps) {
  const { icon: Icon, title, change, note } = describeEntry(entry);
  return (
    <li className="flex items-start gap-4 px-5 py-4 sm:px-6">
      <span className="mt-0.5 flex size-9 shrink-0 items-center justify-center rounded-full bg-muted text-muted-foreground">
        <Icon className="size-4" aria-hidden />
      </span>
      <div className="min-w-0 flex-1">
        <p className="text-sm font-medium break-words">{translateReason(entry.reason)}</p>
        <p className="mt-0.5 text-[0.8125rem] text-muted-foreground">
          {title} · <LocalTime iso={entry.createdAt} style={time} />
        </p>
        {detailed && note !== null ? <p className="mt-1 text-[0.8125rem] text-muted-foreground">{note}</p> : null}
      </div>
      <div className="shrink-0 text-end text-sm">
        <Change amount={change} />
        {detailed ? (
          <p className="mt-0.5 text-[0.8125rem] text-muted-foreground tabular-nums">
            <span className="sr-only">{translate('beforeAndAfter')}</span>
            <bdi>
              {formatCredits(entry.before.available)} → {formatCredits(entry.after.available)}
            </bdi>
          </p>
        ) : null}
      </div>
    </li>
  );
}
