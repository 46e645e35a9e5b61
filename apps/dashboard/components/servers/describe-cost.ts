import type { Translator } from '@/i18n/translator';
import type { GameServer } from '@/lib/api';
import { formatCredits, formatCreditsWithUnit } from '@/lib/format';

/** What a server costs as it stands now, in a few words. */
export function describeCost(
  { status, per_hour: perHour, total_cost: total }: GameServer,
  t: Translator<'servers.cost'>,
): string {
  if (status === 'failed') return t('failed');
  if (status === 'provisioning') return t('reserved', { amount: formatCreditsWithUnit(total) });
  if (perHour === null) return t('paid', { amount: formatCreditsWithUnit(total) });
  return status === 'running' ? t('perHour', { amount: formatCredits(perHour) }) : t('nothing');
}
