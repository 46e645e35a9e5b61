import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';

import { Arrow } from '@/components/admin/arrow';
import { LocalTime } from '@/components/credits/activity/local-time';
import type { Translator } from '@/i18n/translator';
import type { AdminCodePageAnswer } from '@/lib/admin-api';
import { formatCredits, readComma } from '@/lib/format';
import { UNIT } from '@/lib/unit';

type CodeChange = AdminCodePageAnswer['data']['changes'][number];

/** What administrators did with a code, newest first. */
export function CodeChanges({ changes }: { changes: readonly CodeChange[] }) {
  const t = useTranslations('admin-codes');
  return (
    <ul className="divide-y border-t">
      {changes.map(({ id, at, actor, kind, details, reason }) => (
        <li key={id} className="grid gap-0.5 px-5 py-3.5 text-sm sm:px-6">
          <p className="font-medium">{kind === 'create_code' ? t('changes.created') : describe(details, t)}</p>
          {kind === 'create_code' || reason === '' ? null : (
            <p className="wrap-anywhere">
              <bdi>{reason}</bdi>
            </p>
          )}
          <p className="text-[0.8125rem] text-muted-foreground">
            <bdi>{actor}</bdi>
            {readComma()}
            <LocalTime iso={at} style="instant" />
          </p>
        </li>
      ))}
    </ul>
  );
}

function describe(details: Record<string, unknown>, t: Translator<'admin-codes'>): ReactNode {
  const labels: Record<string, string> = {
    amount: UNIT.title,
    usesMax: t('changes.uses'),
    startsAt: t('table.start'),
    endsAt: t('table.end'),
  };
  const show = (value: unknown): ReactNode => {
    if (typeof value === 'number') return formatCredits(value);
    return typeof value === 'string' ? <LocalTime iso={value} style="full" /> : t('changes.open');
  };
  const parts = Object.entries(details).map(([name, value]) => {
    const { from, to } = value as { from: unknown; to: unknown };
    if (name === 'stopped') return <span key={name}>{t(to === true ? 'changes.stopped' : 'changes.resumed')}</span>;
    if (name === 'note') return <span key={name}>{t('changes.note')}</span>;
    return (
      <span key={name}>
        {labels[name] ?? name} {show(from)} <Arrow /> {show(to)}
      </span>
    );
  });
  return <span className="flex flex-wrap gap-x-4 tabular-nums">{parts}</span>;
}
