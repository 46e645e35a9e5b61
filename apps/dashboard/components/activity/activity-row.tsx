import { useTranslations } from 'next-intl';
import Link from 'next/link';
import { lazy, Suspense } from 'react';

import { wrap } from '@/components/i18n/put';
import { describeActivity } from '@/components/activity/describe-activity';
import { Change } from '@/components/credits/activity/amount';
import type { InstantStyle } from '@/components/credits/activity/instant';
import { LocalTime } from '@/components/credits/activity/local-time';
import { translateReason } from '@/components/credits/messages';
import { Badge } from '@/components/ui/badge';
import type { Translator } from '@/i18n/translator';
import type { AdminUser } from '@/lib/admin-api';
import type { ActivityItem } from '@/lib/api';
import { formatChange, formatCredits, readComma } from '@/lib/format';

// For administrators only.
const UndoEvent = lazy(() => import('@/components/admin/undo-event').then((module) => ({ default: module.UndoEvent })));

interface ActivityRowProps {
  item: ActivityItem;
  time: InstantStyle;
  /** Shows the balance after it, and what needs explaining. */
  detailed?: boolean;
  /** Whose it is, where an administrator looks: with who caused it, and the way to undo it. */
  of?: AdminUser;
}

const LINK = 'rounded-sm underline decoration-border underline-offset-4 hover:decoration-foreground';

/** One event: what happened and why, by how much, and what it made of the balance. Leads to its own page. */
export function ActivityRow({ item, time, detailed = false, of }: ActivityRowProps) {
  const t = useTranslations('activity');
  const { icon: Icon, title, note } = describeActivity(item, t);
  const reason = translateReason(item.reason);
  const isOpen = item.group === 'reserved';
  const page = of === undefined ? toPage(item) : toTransfer(item);
  return (
    <li className="relative flex items-start gap-3 px-4 py-4 transition-colors has-[a:hover]:bg-muted/50 sm:gap-4 sm:px-6">
      <span
        className={`mt-0.5 flex size-9 shrink-0 items-center justify-center rounded-full ${isOpen ? 'bg-credits-soft text-credits' : 'bg-muted text-muted-foreground'}`}
      >
        <Icon className="size-4" aria-hidden />
      </span>
      <div className="min-w-0 flex-1">
        <p className="text-sm font-medium wrap-anywhere">
          {page === null ? (
            reason
          ) : (
            <Link
              href={page}
              prefetch={false}
              className="outline-none after:absolute after:inset-0 focus-visible:after:ring-[3px] focus-visible:after:ring-ring/50 focus-visible:after:ring-inset"
            >
              {reason}
            </Link>
          )}
        </p>
        <p className="mt-0.5 flex flex-wrap items-center gap-x-1.5 gap-y-1 text-[0.8125rem] text-muted-foreground">
          <span>
            {title} · <LocalTime iso={item.created_at} style={time} />
            {of === undefined ? null : ` · ${describeCause(item.by, { t, username: of.username })}`}
          </span>
          {item.reversed_by === null ? null : of === undefined ? (
            <Link href={`/activity/${item.reversed_by}`} prefetch={false} className="relative rounded-full">
              <ReversedBadge change={item.change} />
            </Link>
          ) : (
            <ReversedBadge change={item.change} />
          )}
        </p>
        {detailed && note !== null ? <p className="mt-1 text-[0.8125rem] text-muted-foreground">{note}</p> : null}
        {detailed && item.reverses !== null ? (
          <p className="mt-1 text-[0.8125rem] text-muted-foreground">
            {t.rich(item.change > 0 ? 'row.refundOf' : 'row.takesBack', {
              reason: translateReason(item.reverses.reason),
              link: wrap(
                of === undefined ? (
                  <Link href={`/activity/${item.reverses.version}`} prefetch={false} className={`relative ${LINK}`} />
                ) : (
                  <span />
                ),
              ),
            })}
            {readComma()}
            <LocalTime iso={item.reverses.created_at} style="date" />
          </p>
        ) : null}
      </div>
      <div className="shrink-0 text-end text-sm">
        {isOpen ? (
          <span className="font-medium text-credits tabular-nums">{formatChange(-item.amount)}</span>
        ) : (
          <Change amount={item.change} />
        )}
        {detailed ? (
          <p className="mt-0.5 text-[0.8125rem] text-muted-foreground tabular-nums">
            <span className="sr-only sm:not-sr-only">{t('row.balance')} </span>
            {formatCredits(item.balance)}
          </p>
        ) : null}
      </div>
      {of === undefined ? null : (
        <div className="relative flex w-9 shrink-0 justify-end">
          <Suspense fallback={null}>
            <UndoEvent item={item} user={of} />
          </Suspense>
        </div>
      )}
    </li>
  );
}

/** Charges by the hour are explained where their server is. */
function toPage({ usage, version }: ActivityItem): string {
  return usage?.server == null ? `/activity/${version}` : `/servers/${usage.server}`;
}

/** For an administrator. What is only reserved or released is no transfer, and has no page. */
function toTransfer({ reference }: ActivityItem): string | null {
  return reference?.startsWith('tr_') === true ? `/admin/activity/${reference}` : null;
}

function ReversedBadge({ change }: { change: number }) {
  const t = useTranslations('activity.row');
  return <Badge variant="outline">{t(change < 0 ? 'refunded' : 'takenBack')}</Badge>;
}

/** Who caused it, for an administrator. */
function describeCause(
  by: ActivityItem['by'],
  { t, username }: { t: Translator<'activity'>; username: string },
): string {
  switch (by.kind) {
    case 'you':
      return t('row.by', { name: username });
    case 'dashboard':
      return t('row.byDashboard');
    case 'team':
      return by.username == null ? t('row.byTeam') : t('row.by', { name: by.username });
    case 'user':
      return by.username == null ? t('row.byPlayer') : t('row.by', { name: by.username });
  }
}
