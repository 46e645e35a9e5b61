import { BRANDING } from '../../branding.ts';
import { formatCreditsWithUnit } from '../../lib/format.ts';
import { UNIT } from '../unit.ts';

/** What a message is about. */
export type MessageKind = 'verify' | 'reset' | 'change' | 'changing' | BalanceKind;

/** What the ledger tells of a balance. */
export type BalanceKind = 'low' | 'exhausted' | 'restored';

/** What a message about a balance says of it. */
export interface BalanceDetails {
  /** Credits. */
  available: number;
  /** Such as `until Tue 14:20 (UTC)`; null: nothing runs. */
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
}

/** A message as it is read. */
export interface Letter {
  subject: string;
  text: string;
  html: string;
}

const BALANCE_AFTER = 'You can turn these messages off in your settings.';

/** In none of them is a text that somebody wrote: anybody can have one sent to any address. */
const TEXTS: Record<
  MessageKind,
  { subject: string; before: string | ((details: BalanceDetails) => string); button: string; after: string }
> = {
  verify: {
    subject: 'Confirm your e-mail address',
    before: 'An account was made with this e-mail address. If it is yours, confirm the address within 24 hours:',
    button: 'Confirm the address',
    after: 'If you made no account, do not open the link.',
  },
  reset: {
    subject: 'Set a new password',
    before: 'Somebody asked for a new password for your account. If that was you, set one within an hour:',
    button: 'Set a new password',
    after: 'If it was not you, ignore this message. Your password stays as it is.',
  },
  change: {
    subject: 'Confirm your new e-mail address',
    before: 'Somebody wants to use this e-mail address for their account. If that is you, confirm it within 24 hours:',
    button: 'Confirm the new address',
    after: 'If it is not you, do not open the link.',
  },
  changing: {
    subject: 'Your e-mail address is to be changed',
    before: 'Somebody who knows the password of your account asked to change its e-mail address.',
    button: '',
    after: 'If it was not you, change your password now. The address then stays as it is.',
  },
  low: {
    subject: `Your ${UNIT.many} run low`,
    before: ({ available, runway }) =>
      `You have ${formatCreditsWithUnit(available)} left. ${describeRunway(runway)}, and then it pauses until you have ${UNIT.many} again.`,
    button: 'Open the overview',
    after: BALANCE_AFTER,
  },
  exhausted: {
    subject: `You have no ${UNIT.many} left`,
    before: ({ runway }) =>
      runway === null
        ? `What you pay by the hour is paused. Nothing is deleted, and it goes on as soon as you have enough ${UNIT.many}.`
        : `${describeRunway(runway)}, and then it pauses. Nothing is deleted, and it goes on as soon as you have enough ${UNIT.many}.`,
    button: 'Open the overview',
    after: BALANCE_AFTER,
  },
  restored: {
    subject: `You have ${UNIT.many} again`,
    before: ({ available, runway }) =>
      `You have ${formatCreditsWithUnit(available)}. ${runway === null ? 'That is not enough yet for what you pay by the hour: it stays paused.' : `${describeRunway(runway)}.`}`,
    button: 'Open the overview',
    after: BALANCE_AFTER,
  },
};

function describeRunway(runway: string | null): string {
  return `What you pay by the hour is paid ${runway ?? 'up to now'}`;
}

export function subjectOf(kind: MessageKind): string {
  return TEXTS[kind].subject;
}

/** Plain text, and the same as simple HTML. */
export function writeLetter({ kind, link, details }: Pick<Message, 'kind' | 'link' | 'details'>): Letter {
  const { subject, before: write, button, after } = TEXTS[kind];
  const before = typeof write === 'string' ? write : write(details ?? { available: 0, runway: null });
  const text = [before, ...(link === null ? [] : [link]), after, `— ${BRANDING.name}`].join('\n\n');
  const paragraph = (inner: string): string => `<p style="margin:0 0 20px">${inner}</p>`;
  const anchor =
    link === null
      ? ''
      : paragraph(
          `<a href="${escapeHtml(link)}" style="display:inline-block;padding:10px 18px;border-radius:8px;background:#18181b;color:#ffffff;text-decoration:none">${button}</a>`,
        );
  const html = `<!doctype html>
<html lang="en">
<body style="margin:0;padding:32px 16px;font:16px/1.5 system-ui,sans-serif;color:#18181b;background:#ffffff">
<div style="max-width:480px;margin:0 auto">
<p style="margin:0 0 24px;font-weight:600">${BRANDING.name}</p>
${paragraph(before)}
${anchor}
<p style="margin:0;color:#52525b">${after}</p>
</div>
</body>
</html>
`;
  return { subject: `${subject} – ${BRANDING.name}`, text: `${text}\n`, html };
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
