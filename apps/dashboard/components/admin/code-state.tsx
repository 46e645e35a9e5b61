import { Badge } from '@/components/ui/badge';
import type { AdminCode } from '@/lib/admin-api';

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

const SHOWN = {
  active: { label: 'Active', variant: 'success' },
  scheduled: { label: 'Scheduled', variant: 'info' },
  ended: { label: 'Ended', variant: 'outline' },
  used_up: { label: 'Used up', variant: 'outline' },
  stopped: { label: 'Stopped', variant: 'destructive' },
} as const satisfies Record<CodeState, object>;

export function CodeStateBadge({
  code,
  at,
}: {
  code: AdminCode;
  /** The server's clock, in milliseconds. */ at: number;
}) {
  const { label, variant } = SHOWN[toCodeState(code, at)];
  return <Badge variant={variant}>{label}</Badge>;
}
