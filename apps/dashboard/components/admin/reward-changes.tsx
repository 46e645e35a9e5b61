import { useTranslations } from 'next-intl';

import { Arrow } from '@/components/admin/arrow';
import { LocalTime } from '@/components/credits/activity/local-time';
import type { Translator } from '@/i18n/translator';
import type { AdminRewardsAnswer } from '@/lib/admin-api';
import { formatCredits, readComma } from '@/lib/format';

/** What administrators changed, newest first. */
export function RewardChanges({ changes }: { changes: AdminRewardsAnswer['data']['changes'] }) {
  const t = useTranslations('admin-rewards');
  if (changes.length === 0) {
    return <p className="px-5 pb-5 text-sm text-muted-foreground sm:px-6">{t('changes.none')}</p>;
  }
  return (
    <ul className="divide-y border-t">
      {changes.map(({ id, at, actor, details, reason }) => (
        <li key={id} className="grid gap-0.5 px-5 py-3.5 text-sm sm:px-6">
          <p className="flex flex-wrap gap-x-4 font-medium tabular-nums">
            {Object.entries(details).map(([name, change]) => {
              const { from, to } = change as { from: number; to: number };
              return (
                <span key={name}>
                  {nameReward(name, t)}: {formatCredits(from)} <Arrow /> {formatCredits(to)}
                </span>
              );
            })}
          </p>
          <p className="wrap-anywhere">
            <bdi>{reason}</bdi>
          </p>
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

function nameReward(name: string, t: Translator<'admin-rewards'>): string {
  if (name === 'signup' || name === 'click') return t(`changes.${name}`);
  return t('day', { day: name.replace(/^day/, '') });
}
