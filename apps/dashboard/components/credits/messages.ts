import { UNIT } from './branding';
import { readLocale } from './locale';
import { readTranslation, type Message } from './translations';

/**
 * The texts of the display in English; those of the history and of the form for administrators are in `messages.ts` of their
 * folders. `translations.ts` has all of them in other languages; what it lacks stays English. `{unit}`, `{Unit}` and `{one}`
 * are of `branding.ts`.
 */
export const ENGLISH = {
  name: '{Unit}',
  refreshUnit: 'Refresh {unit}',
  unavailable: 'Unavailable',
  readUnavailable: '{Unit}: unavailable',
  readSignedOut: '{Unit}: signed out',
  readLoading: '{Unit}: loading',
  readAmount: '{Unit}: {amount}',
  readPending: '{amount} pending',
  readHeld: '{amount} held',
  toSpend: '{Unit} to spend',
  inAccount: 'In your account',
  held: 'Held',
  heldNote: 'reserved, not yet charged',
  confirmed: 'Confirmed',
  since: 'Since then',
  sinceNote: 'what time has cost, not yet settled',
  yourChange: 'Your change',
  stateOpen: 'expected',
  stateSent: 'sending',
  stateUnknown: 'no answer yet, checking',
  stateAcknowledged: 'accepted',
  lastChanges: 'Last changes',
  updated: 'Updated {ago}.',
  refresh: 'Refresh',
  activity: 'Activity',
  from: 'from {name}',
  to: 'to {name}',
  checking: '{what}: no answer yet. Checking whether it happened.',
  happened: '{what}: confirmed, {change}.{rest}',
  didNotHappen: '{what}: did not happen.{rest}',
  rest: ' You have {amount} {unit}.',
  liveWord: 'Live',
  live: 'Changes arrive the moment they happen.',
  pollingWord: 'Polling',
  polling: 'Checked every 30 seconds.',
  connectingWord: 'Connecting',
  connecting: 'Asking for your balance.',
  staleWord: 'Stale',
  stale: 'The server has not answered for a while.',
  retrying: '{error} Retrying automatically.',
  offlineWord: 'Offline',
  offline: 'This device is offline. Updates go on once it is back.',
  stoppedWord: 'Stopped',
  stopped: 'Updates have stopped.',
  signedOutWord: 'Signed out',
  signedOut: 'Your session has ended. Sign in to see your {unit}.',
  overTime: 'Over time',
  rateHour: '{amount} per hour',
  rateDay: '{amount} per day',
  rateWeek: '{amount} per week',
  rateMonth: '{amount} per month',
  moreRates: '{amount} more',
  lasts: 'Lasts',
  expires: 'Expires',
  refills: 'Refills',
  inTime: '{amount} in {span}',
  seconds: '{count} s',
  minutes: '{count} min',
  hours: '{count} h',
  days: '{days} days' as Message,
  /** After "in" and "ago", where some languages have another form. */
  daysIn: '{days} days' as Message,
  justNow: 'just now',
  ago: '{span} ago',
  left: '{span} left',
  leftShortly: 'less than a minute left',
  until: 'until {at}',
  untilFar: 'for more than a year',
  close: 'Close',
  working: 'Working',
  network: 'The server could not be reached. Check your connection and try again.',
  answered: 'The server answered {status}.',
} satisfies Record<string, Message>;

export type MessageKey = keyof typeof ENGLISH;

/** Makes what writes some texts in the language of the page. `count` chooses the form of a plural. */
export function createTranslate<Key extends string>(english: Record<Key, Message>) {
  return (key: Key, values: Record<string, string | number> = {}): string =>
    fill(readTranslation().texts[key] ?? english[key], values);
}

export const translate = createTranslate<MessageKey>(ENGLISH);

/**
 * Why a request failed, in the language of the page: translations have a text `error.<code>`, or `error.other` for all. The
 * sentence of the server is English.
 */
export function translateError({ code, message }: { code: string | undefined; message: string }): string {
  const { texts } = readTranslation();
  const text = texts[`error.${code}`] ?? texts['error.other'];
  return text === undefined ? message : fill(text, {});
}

/**
 * A reason that a server wrote, in the language of the page: translations have a text `reason.<what it wrote>`, in which
 * `{name}` stands for what differs.
 */
export function translateReason(reason: string): string {
  for (const [pattern, text] of readReasons(readTranslation())) {
    const found = pattern.exec(reason);
    if (found !== null) return fill(text, found.groups ?? {});
  }
  return reason;
}

const reasons = new WeakMap<object, [RegExp, Message][]>();

function readReasons({ texts }: { texts: Partial<Record<string, Message>> }): [RegExp, Message][] {
  const known = reasons.get(texts);
  if (known !== undefined) return known;
  const made = Object.entries(texts).flatMap(([key, text]): [RegExp, Message][] => {
    if (!key.startsWith('reason.') || text === undefined) return [];
    const pattern = key.slice('reason.'.length).replaceAll(/[.*+?^$()|[\]\\]/g, String.raw`\$&`);
    return [[new RegExp(`^${pattern.replaceAll(/\{(\w+)\}/g, '(?<$1>.+?)')}$`, 'su'), text]];
  });
  reasons.set(texts, made);
  return made;
}

function fill(message: Message, values: Record<string, string | number>): string {
  const all: Record<string, string | number> = { unit: UNIT.many, Unit: UNIT.title, one: UNIT.one, ...values };
  return toForm(message, values['count']).replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(all[name] ?? whole));
}

function toForm(message: Message, count: string | number | undefined): string {
  if (typeof message === 'string') return message;
  return message[new Intl.PluralRules(readLocale()).select(Number(count))] ?? message.other;
}
