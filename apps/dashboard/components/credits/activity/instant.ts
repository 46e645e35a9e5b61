import { toDateParts, type DateParts } from '../format';

/** Ways to write an instant. `day` and `time` are what lists group by and show. */
export type InstantStyle = 'day' | 'time' | 'short' | 'date' | 'instant' | 'full';

const short = ({ day, month }: DateParts) => `${day} ${month.slice(0, 3)}`;

const STYLES: Record<InstantStyle, (parts: DateParts) => string> = {
  day: ({ weekday, day, month }) => `${weekday} ${day} ${month}`,
  time: ({ time }) => time,
  short,
  date: (parts) => `${short(parts)} ${parts.year}`,
  instant: (parts) => `${short(parts)}, ${parts.time}`,
  full: (parts) => `${short(parts)} ${parts.year}, ${parts.time}`,
};

/** Writes an ISO instant in a zone: the reader's, or `UTC` where the reader's is not known yet. */
export function formatInstant(iso: string, style: InstantStyle, timeZone: string): string {
  return STYLES[style](toDateParts(iso, timeZone));
}

/** The day of an instant in a zone as `2026-11-22`: equal for instants of one day, ordered like days. */
export function toDayKey(iso: string, timeZone: string): string {
  return toDateParts(iso, timeZone).key;
}
