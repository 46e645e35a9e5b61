import { formatInstant, type InstantStyle } from '@/components/credits/activity/instant';

/** A calendar day, such as `2026-11-22`, as people write it. It is the same day in the zone of every reader. */
export function formatDay(day: string, style: InstantStyle): string {
  return formatInstant(`${day}T12:00:00Z`, style, 'UTC');
}
