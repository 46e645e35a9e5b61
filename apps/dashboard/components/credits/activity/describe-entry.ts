import {
  ArrowDownLeft,
  ArrowUpRight,
  CalendarPlus,
  CircleCheck,
  Gift,
  Lock,
  LockOpen,
  Scale,
  ShoppingCart,
  Timer,
  TimerOff,
  Undo2,
  type LucideIcon,
} from 'lucide-react';
import type { Entry } from 'realtime-credits';

import { translate } from './messages';

/** An entry in the words of the person whose account it is on. */
export interface EntryDescription {
  icon: LucideIcon;
  /** What happened, in one or two words. */
  title: string;
  /** Signed change of what may be spent, in whole credits. */
  change: number;
  /** Why the change is not what one might expect; null where nothing needs saying. */
  note: string | null;
}

/** What kinds of entries a list can be narrowed to. */
export const ENTRY_FILTERS = ['all', 'in', 'out', 'reserved'] as const;
export type EntryFilter = (typeof ENTRY_FILTERS)[number];

const RATE_TITLES = {
  start: 'started',
  charge: 'used',
  suspend: 'suspended',
  resume: 'resumed',
  stop: 'ended',
} as const;

/** Puts an entry into words. A hold counts when it reserves; posting it later does not take the credits twice. */
export function describeEntry(entry: Entry): EntryDescription {
  const other = readOther(entry);
  const change = entry.after.available - entry.before.available;
  const incoming = entry.direction === 'credit';
  switch (entry.verb) {
    case 'grant':
      return { icon: Gift, title: translate('received'), change, note: null };
    case 'spend':
      return { icon: ShoppingCart, title: translate('spent'), change, note: null };
    case 'transfer':
      return incoming
        ? {
            icon: ArrowDownLeft,
            title: other === null ? translate('received') : translate('receivedFrom', { name: other }),
            change,
            note: null,
          }
        : {
            icon: ArrowUpRight,
            title: other === null ? translate('sent') : translate('sentTo', { name: other }),
            change,
            note: null,
          };
    case 'adjust':
      return { icon: Scale, title: translate('adjusted'), change, note: translate('adjustedNote') };
    case 'reverse':
      return { icon: Undo2, title: translate('reversed'), change, note: translate('reversedNote') };
    case 'hold':
      return { icon: Lock, title: translate('reserved'), change, note: translate('reservedNote') };
    case 'post':
      return {
        icon: CircleCheck,
        title: translate('charged'),
        change,
        note: translate('chargedNote', { amount: entry.amount }),
      };
    case 'void':
      return { icon: LockOpen, title: translate('released'), change, note: translate('voidNote') };
    case 'expire':
      return { icon: TimerOff, title: translate('released'), change, note: translate('expireNote') };
    case 'start':
    case 'charge':
    case 'suspend':
    case 'resume':
    case 'stop':
      return { icon: Timer, title: translate(RATE_TITLES[entry.verb]), change, note: null };
    case 'allowance':
      return { icon: CalendarPlus, title: translate('allowance'), change, note: null };
    case 'refill':
      return { icon: CalendarPlus, title: translate('refilled'), change, note: null };
    case 'breakage':
      return { icon: TimerOff, title: translate('breakage'), change, note: translate('breakageNote') };
  }
}

/** How the other side is called, where the server names people; accounts of the system have a colon in their names. */
function readOther({ counterparty }: Entry): string | null {
  return counterparty === null || counterparty.includes(':') ? null : counterparty;
}

/** Whether an entry belongs into a narrowed list. */
export function matchesFilter(entry: Entry, filter: EntryFilter): boolean {
  const change = entry.after.available - entry.before.available;
  switch (filter) {
    case 'all':
      return true;
    case 'in':
      return change > 0 && entry.hold === null;
    case 'out':
      return entry.hold === null ? change < 0 : entry.verb === 'post';
    case 'reserved':
      return entry.hold !== null;
  }
}
