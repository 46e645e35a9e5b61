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

import { UNIT } from '@/components/credits/branding';

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

const RATE_TITLES = { start: 'Started', charge: 'Used', suspend: 'Suspended', resume: 'Resumed', stop: 'Stopped' };

/** Puts an entry into words. A hold counts when it reserves; posting it later does not take the credits twice. */
export function describeEntry(entry: Entry): EntryDescription {
  const other = readOther(entry);
  const change = entry.after.available - entry.before.available;
  const incoming = entry.direction === 'credit';
  switch (entry.verb) {
    case 'grant':
      return { icon: Gift, title: 'Received', change, note: null };
    case 'spend':
      return { icon: ShoppingCart, title: 'Spent', change, note: null };
    case 'transfer':
      return incoming
        ? { icon: ArrowDownLeft, title: other === null ? 'Received' : `Received from ${other}`, change, note: null }
        : { icon: ArrowUpRight, title: other === null ? 'Sent' : `Sent to ${other}`, change, note: null };
    case 'adjust':
      return { icon: Scale, title: 'Adjusted', change, note: 'By the people who run this dashboard.' };
    case 'reverse':
      return { icon: Undo2, title: 'Reversed', change, note: 'An earlier change was undone.' };
    case 'hold':
      return { icon: Lock, title: 'Reserved', change, note: 'Set aside, not spent yet.' };
    case 'post':
      return {
        icon: CircleCheck,
        title: 'Charged',
        change,
        note: `${entry.amount} of what was reserved. What you can spend did not change.`,
      };
    case 'void':
      return { icon: LockOpen, title: 'Released', change, note: 'It was reserved, and nothing was charged.' };
    case 'expire':
      return { icon: TimerOff, title: 'Released', change, note: 'The reservation expired. Nothing was charged.' };
    case 'start':
    case 'charge':
    case 'suspend':
    case 'resume':
    case 'stop':
      return { icon: Timer, title: RATE_TITLES[entry.verb], change, note: null };
    case 'allowance':
      return { icon: CalendarPlus, title: 'Allowance', change, note: null };
    case 'refill':
      return { icon: CalendarPlus, title: 'Refilled', change, note: null };
    case 'breakage':
      return { icon: TimerOff, title: 'Expired', change, note: `These ${UNIT.many} could be spent until then.` };
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
