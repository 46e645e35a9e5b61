import {
  ArrowDownLeft,
  ArrowUpRight,
  CalendarX2,
  Gift,
  LockOpen,
  Lock,
  Scale,
  ShoppingBag,
  ShoppingCart,
  Sparkles,
  Timer,
  Undo2,
  type LucideIcon,
} from 'lucide-react';

import type { Translator } from '@/i18n/translator';
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
  bought: ShoppingBag,
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

export function describeActivity(item: ActivityItem, t: Translator<'activity'>): ActivityDescription {
  return { icon: ICONS[item.group], title: toTitle(item, t), note: toNote(item, t) };
}

function toTitle({ group, other, reserved, change }: ActivityItem, t: Translator<'activity'>): string {
  switch (group) {
    case 'earned':
      return t('what.earned');
    case 'bought':
      return t('what.bought');
    case 'gifts':
      return t('what.gift');
    case 'received':
      return other === null ? t('what.received') : t('what.from', { name: other });
    case 'sent':
      return other === null ? t('what.sent') : t('what.to', { name: other });
    case 'refunds':
      return t(change > 0 ? 'what.refunded' : 'what.takenBack');
    case 'adjusted':
      return t('what.adjusted');
    case 'spent':
      return t(reserved === null ? 'what.spent' : 'what.charged');
    case 'hosting':
      return t('what.hourly');
    case 'reserved':
      return t('what.reserved');
    case 'released':
      return t('what.released');
    case 'expired':
      return t('what.expired');
  }
}

function toNote({ group, amount, reserved }: ActivityItem, t: Translator<'activity'>): string | null {
  if (group === 'reserved') return t('what.reservedNote');
  if (group === 'released') return t('what.releasedNote', { amount: formatCredits(amount) });
  const isPart = group === 'spent' && reserved !== null && amount < reserved.amount;
  return isPart ? t('what.partNote', { amount: formatCredits(reserved.amount) }) : null;
}

/** Who caused a change, for its account holder. */
export function describeActor(by: ActivityItem['by'], t: Translator<'activity'>): string {
  switch (by.kind) {
    case 'you':
      return t('who.you');
    case 'dashboard':
      return t('who.dashboard');
    case 'team':
      return t('who.team');
    case 'user':
      return by.username ?? t('who.player');
  }
}
