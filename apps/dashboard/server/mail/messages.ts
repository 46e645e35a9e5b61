import { BRANDING } from '../../branding.ts';
import { formatCreditsWithUnit } from '../../lib/format.ts';
import { LANGUAGES, languageOf } from '../../lib/languages.ts';
import { FALLBACK } from '../http/locale.ts';
import { runInLocale } from '../http/request-scope.ts';
import { toTranslation } from '../i18n/translation.ts';
import { translatorOf } from '../i18n/translator.ts';
import { UNIT } from '../unit.ts';

/** What a message is about. */
export type MessageKind = 'verify' | 'reset' | 'change' | 'changing' | BalanceKind;

/** What the ledger tells of a balance. */
export type BalanceKind = 'low' | 'exhausted' | 'restored';

/** What a message about a balance says of it. */
export interface BalanceDetails {
  /** Credits. */
  available: number;
  /** Such as `until Tue 14:20 (UTC)`, in the language of the recipient; null: nothing runs. */
  runway: string | null;
}

export interface Message {
  kind: MessageKind;
  /** Whose account it is about. */
  userId: string;
  to: string;
  /** Null for a notice. */
  link: string | null;
  /** Of a message about a balance. */
  details?: BalanceDetails;
  /** What it is written in, such as `de-AT`; English unless given. */
  locale?: string;
}

/** A message as it is read. */
export interface Letter {
  subject: string;
  text: string;
  html: string;
}

/** Those about a balance end alike. */
const isAboutBalance = (kind: MessageKind): kind is BalanceKind =>
  kind === 'low' || kind === 'exhausted' || kind === 'restored';

/** @param locale - English unless given: what the operator and administrators read. */
export function subjectOf(kind: MessageKind, locale = FALLBACK): string {
  return translatorOf(locale, 'emails')(`${kind}.subject`, { unit: unitOf(locale) });
}

/**
 * Plain text, and the same as simple HTML. In none of them is a text that somebody wrote: anybody can have one sent to any
 * address.
 */
export function writeLetter({
  kind,
  link,
  details,
  locale = FALLBACK,
}: Pick<Message, 'kind' | 'link' | 'details' | 'locale'>): Letter {
  const t = translatorOf(locale, 'emails');
  const { tag, dir } = LANGUAGES[languageOf(locale)];
  const before = isAboutBalance(kind) ? describeBalance(kind, locale, details) : t(`${kind}.before`);
  const after = t(isAboutBalance(kind) ? 'balance.after' : `${kind}.after`);
  const text = [before, ...(link === null ? [] : [link]), after, `— ${BRANDING.name}`].join('\n\n');
  const paragraph = (inner: string): string => `<p style="margin:0 0 20px">${inner}</p>`;
  const anchor =
    link === null || kind === 'changing'
      ? ''
      : paragraph(
          `<a href="${escapeHtml(link)}" style="display:inline-block;padding:10px 18px;border-radius:8px;background:#18181b;color:#ffffff;text-decoration:none">${escapeHtml(t(isAboutBalance(kind) ? 'balance.button' : `${kind}.button`))}</a>`,
        );
  const html = `<!doctype html>
<html lang="${tag}"${dir === 'rtl' ? ' dir="rtl"' : ''}>
<body style="margin:0;padding:32px 16px;font:16px/1.5 system-ui,sans-serif;color:#18181b;background:#ffffff">
<div style="max-width:480px;margin:0 auto">
<p style="margin:0 0 24px;font-weight:600">${BRANDING.name}</p>
${paragraph(escapeHtml(before))}
${anchor}
<p style="margin:0;color:#52525b">${escapeHtml(after)}</p>
</div>
</body>
</html>
`;
  return { subject: `${subjectOf(kind, locale)} – ${BRANDING.name}`, text: `${text}\n`, html };
}

function describeBalance(
  kind: BalanceKind,
  locale: string,
  { available, runway }: BalanceDetails = { available: 0, runway: null },
): string {
  const t = translatorOf(locale, 'emails');
  const key = kind !== 'low' && runway !== null ? (`${kind}.beforeWithTime` as const) : (`${kind}.before` as const);
  return t(key, {
    amount: runInLocale(locale, () => formatCreditsWithUnit(available)),
    unit: unitOf(locale),
    runway: runway ?? t('balance.upToNow'),
  });
}

function unitOf(locale: string): string {
  return toTranslation(languageOf(locale))?.unit?.many ?? UNIT.many;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
