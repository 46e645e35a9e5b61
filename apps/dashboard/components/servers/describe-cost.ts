import type { GameServer } from '@/lib/api';
import { formatCredits, formatCreditsWithUnit } from '@/lib/format';

/** What a server costs as it stands now, in a few words. */
export function describeCost({ status, per_hour: perHour, total_cost: total }: GameServer): string {
  if (status === 'failed') return 'Not charged';
  if (status === 'provisioning') return `${formatCreditsWithUnit(total)} reserved`;
  if (perHour === null) return `${formatCreditsWithUnit(total)} paid`;
  return status === 'running' ? `${formatCredits(perHour)} per hour` : 'Costs nothing now';
}
