import { useTranslations } from 'next-intl';
import { Flame } from 'lucide-react';
import Link from 'next/link';

import { Runway } from '@/components/servers/runway';
import type { Burn, GameServer } from '@/lib/api';
import { formatCredits, formatCreditsWithUnit, readComma } from '@/lib/format';
import { UNIT } from '@/lib/unit';
import { cn } from '@/lib/utils';

const DAY_MS = 24 * 60 * 60 * 1_000;
const CAUSES_MAX = 3;

interface BurnSummaryProps {
  burn: Burn;
  servers: readonly GameServer[];
  renderedAt: number;
}

/** What everything costs by the hour, which servers cause it, and how long the credits last. Nothing where nothing does. */
export function BurnSummary({ burn, servers, renderedAt }: BurnSummaryProps) {
  const t = useTranslations('overview.burn');
  const suspended = servers.filter(({ status }) => status === 'suspended').length;
  const causes = servers.filter(({ status, per_hour: perHour }) => status === 'running' && perHour !== null);
  if (causes.length === 0 && suspended === 0) return null;
  const untilMs = burn.exhausts_at === null ? null : Date.parse(burn.exhausts_at);
  const isSoon = untilMs === null || untilMs - renderedAt < DAY_MS;
  return (
    <section
      aria-label={t('label')}
      className={cn(
        'mt-6 rounded-lg border px-4 py-3.5 text-sm',
        isSoon ? 'border-destructive/30 bg-destructive-soft' : 'border-credits-border bg-credits-soft',
      )}
    >
      <p
        className={cn('flex flex-wrap items-center gap-x-2 font-medium', isSoon ? 'text-destructive' : 'text-credits')}
      >
        <Flame className="size-4" aria-hidden />
        {untilMs === null ? (
          t('suspended', { count: suspended, unit: UNIT.many })
        ) : (
          <>
            <span>{t('perHour', { amount: formatCreditsWithUnit(burn.per_hour) })}</span>
            <span aria-hidden className="max-sm:hidden">
              ·
            </span>
            <span>
              <Runway until={untilMs} renderedAt={renderedAt} />
            </span>
          </>
        )}
      </p>
      {causes.length === 0 ? null : (
        <p className="mt-1 text-[0.8125rem] leading-snug text-muted-foreground">
          {causes.slice(0, CAUSES_MAX).map(({ id, name, per_hour: perHour }, index) => (
            <span key={id}>
              {index === 0 ? null : readComma()}
              <Link href={`/servers/${id}`} className="underline decoration-border underline-offset-4">
                <bdi>{name}</bdi>
              </Link>
              : {formatCredits(perHour ?? 0)}
            </span>
          ))}
          {causes.length > CAUSES_MAX ? t('more', { count: causes.length - CAUSES_MAX }) : null}
        </p>
      )}
    </section>
  );
}
