import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';

import { Badge } from '@/components/ui/badge';
import type { AdminCode } from '@/lib/admin-api';
import { formatCredits } from '@/lib/format';

export type CodeState = 'active' | 'scheduled' | 'ended' | 'used_up' | 'stopped';

/** Whether a code can be used at an instant, and otherwise why not. */
export function toCodeState(
  { stopped, uses, uses_max: usesMax, starts_at, ends_at }: AdminCode,
  at: number,
): CodeState {
  if (stopped) return 'stopped';
  if (ends_at !== null && Date.parse(ends_at) <= at) return 'ended';
  if (uses >= usesMax) return 'used_up';
  return Date.parse(starts_at) > at ? 'scheduled' : 'active';
}

const VARIANTS = {
  active: 'success',
  scheduled: 'info',
  ended: 'outline',
  used_up: 'outline',
  stopped: 'destructive',
} as const satisfies Record<CodeState, string>;

export function CodeStateBadge({
  code,
  at,
}: {
  code: AdminCode;
  /** The server's clock, in milliseconds. */ at: number;
}) {
  const t = useTranslations('admin-codes.states');
  const state = toCodeState(code, at);
  return <Badge variant={VARIANTS[state]}>{t(state)}</Badge>;
}

/** `1 of 5`. */
export function CodeUses({
  code,
  className,
}: {
  code: AdminCode;
  /** Of what is not the number. */ className?: string;
}) {
  const t = useTranslations('admin-codes');
  return (
    <span className={className}>
      {t.rich('used', {
        uses: formatCredits(code.uses),
        max: formatCredits(code.uses_max),
        amount: emphasize,
      })}
    </span>
  );
}

function emphasize(chunks: ReactNode): ReactNode {
  return <span className="text-foreground">{chunks}</span>;
}
