import { WHOLE } from '../components/credits/format.ts';
import type { Translator } from '../i18n/translator.ts';
import { perLocale } from '../components/credits/locale.ts';
import { UNIT } from './unit.ts';

/** How amounts and durations are written: in the locale of the page, which the server and the browser share. */
const whole = perLocale((locale) => new Intl.NumberFormat(locale, WHOLE));
const signed = perLocale((locale) => new Intl.NumberFormat(locale, { ...WHOLE, signDisplay: 'exceptZero' }));
const shares = perLocale((locale) => new Intl.NumberFormat(locale, { ...WHOLE, style: 'percent' }));

/** `12,340`; a balance below zero, which only a prediction can be, is painted as 0. */
export function formatCredits(amount: number): string {
  return whole().format(Math.max(0, amount));
}

/** `+50`, `−300`, `0`. */
export function formatChange(delta: number): string {
  return signed().format(delta).replace('-', '−');
}

/** `25%`, from 0.25. */
export function formatShare(share: number): string {
  return shares().format(share);
}

/** `1 credit`, `50 credits`. */
export function formatCreditsWithUnit(amount: number): string {
  return `${formatCredits(amount)} ${UNIT.of(amount)}`;
}

/** What stands between two parts of a text: Arabic has a comma of its own. */
export const readComma = perLocale((locale) => (locale.startsWith('ar') ? '، ' : ', '));

/** `4 GB`, `512 MB`: binary units, as hosts count them. */
export function formatMegabytes(megabytes: number): string {
  return megabytes >= 1_024 && megabytes % 256 === 0 ? `${megabytes / 1_024} GB` : `${megabytes} MB`;
}

/** `50` → `½ vCPU`, `250` → `2½ vCPU`: percent of one processor, as panels count it. */
export function formatProcessors(percent: number): string {
  const parts = ['', '¼', '½', '¾'];
  const processors = Math.floor(percent / 100);
  const part = parts[(percent % 100) / 25];
  if (part === undefined) return `${percent / 100} vCPU`;
  return `${processors === 0 && part !== '' ? '' : processors}${part} vCPU`;
}

/** `05:12:09`, for clocks that tick. */
export function formatClock(durationMs: number): string {
  const seconds = Math.max(0, Math.ceil(durationMs / 1_000));
  return [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}

/** `19 h`, `1 h 30 min`, `45 min`: how long something ran. Rounded to minutes. */
export function formatHours(durationMs: number): string {
  const minutes = Math.max(1, Math.round(durationMs / 60_000));
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  if (hours === 0) return `${rest} min`;
  return rest === 0 ? `${whole().format(hours)} h` : `${whole().format(hours)} h ${rest} min`;
}

/** `5 hours and 12 minutes`, for people. */
export function formatDuration(durationMs: number, t: Translator<'shell.time'>): string {
  const minutes = Math.max(0, Math.ceil(durationMs / 60_000));
  if (minutes <= 1) return t('minute');
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  if (hours === 0) return t('minutes', { count: rest });
  if (rest === 0) return t('hours', { count: hours });
  return t('and', { hours: t('hours', { count: hours }), minutes: t('minutes', { count: rest }) });
}
