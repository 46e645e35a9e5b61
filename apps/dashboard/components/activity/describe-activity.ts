import {
  ArrowDownLeft,
  ArrowUpRight,
  CalendarX2,
  Gift,
  LockOpen,
  Lock,
  Scale,
  ShoppingCart,
  Sparkles,
  Timer,
  Undo2,
  type LucideIcon,
} from 'lucide-react';

import type { ActivityGroup } from '@/lib/activity';
import type { ActivityItem } from '@/lib/api';
import { formatCredits } from '@/lib/format';

/** A line in the words of the person whose balance it is. */
export interface ActivityDescription {
  icon: LucideIcon;
  /** What happened, in a few words. */
  title: string;
  /** What the amount does not say by itself; null where nothing needs saying. */
  note: string | null;
}

const ICONS: Record<ActivityGroup, LucideIcon> = {
  earned: Sparkles,
  gifts: Gift,
  received: ArrowDownLeft,
  refunds: Undo2,
  adjusted: Scale,
  spent: ShoppingCart,
  hosting: Timer,
  sent: ArrowUpRight,
  reserved: Lock,
  released: LockOpen,
  expired: CalendarX2,
};

export function describeActivity(item: ActivityItem): ActivityDescription {
  return { icon: ICONS[item.group], title: toTitle(item), note: toNote(item) };
}

function toTitle({ group, other, reserved, change }: ActivityItem): string {
  switch (group) {
    case 'earned':
      return 'Earned';
    case 'gifts':
      return 'Gift';
    case 'received':
      return other === null ? 'Received' : `From ${other}`;
    case 'sent':
      return other === null ? 'Sent' : `To ${other}`;
    case 'refunds':
      return change > 0 ? 'Refunded' : 'Taken back';
    case 'adjusted':
      return 'Adjusted by the team';
    case 'spent':
      return reserved === null ? 'Spent' : 'Charged';
    case 'hosting':
      return 'By the hour';
    case 'reserved':
      return 'Reserved';
    case 'released':
      return 'Released';
    case 'expired':
      return 'Expired';
  }
}

function toNote({ group, amount, reserved }: ActivityItem): string | null {
  if (group === 'reserved') return 'Set aside, not spent yet.';
  if (group === 'released') return `${formatCredits(amount)} had been reserved. Nothing was charged.`;
  const isPart = group === 'spent' && reserved !== null && amount < reserved.amount;
  return isPart ? `Of ${formatCredits(reserved.amount)} that were reserved.` : null;
}

/** Who caused a change, for its account holder. */
export function describeActor(by: ActivityItem['by']): string {
  switch (by.kind) {
    case 'you':
      return 'You';
    case 'dashboard':
      return 'The dashboard';
    case 'team':
      return 'Someone of the team';
    case 'user':
      return by.username ?? 'Another player';
  }
}
