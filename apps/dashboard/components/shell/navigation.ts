import {
  Activity,
  ArrowLeftRight,
  BookOpen,
  FlaskConical,
  Coins,
  Gift,
  HeartPulse,
  ListOrdered,
  LayoutDashboard,
  Mail,
  Scale,
  Server,
  Settings,
  SlidersHorizontal,
  Ticket,
  UserPlus,
  Users,
  type LucideIcon,
} from 'lucide-react';

import type { Translator } from '@/i18n/translator';
import { UNIT } from '@/lib/unit';

export interface NavigationItem {
  href: string;
  label: string;
  icon: LucideIcon;
  /** Not a page of this application: the browser loads it as a document. */
  isOtherSite?: true;
}

export interface NavigationGroup {
  /** Null for the first group, which needs no heading. */
  label: string | null;
  items: NavigationItem[];
}

/** What a viewer can go to: the one list that sidebar, sheet and header read. */
export function toNavigation(
  viewer: { admin: boolean; demo: boolean },
  t: Translator<'shell.navigation'>,
): NavigationGroup[] {
  const groups: NavigationGroup[] = [
    {
      label: null,
      items: [
        { href: '/', label: t('overview'), icon: LayoutDashboard },
        { href: '/servers', label: t('servers'), icon: Server },
      ],
    },
    {
      label: UNIT.title,
      items: [
        { href: '/earn', label: t('earn'), icon: Gift },
        { href: '/referrals', label: t('referrals'), icon: UserPlus },
        { href: '/transfers', label: t('transfers'), icon: ArrowLeftRight },
        { href: '/activity', label: t('activity'), icon: Activity },
      ],
    },
    {
      label: t('you'),
      items: [
        { href: '/settings', label: t('settings'), icon: Settings },
        { href: '/docs/', label: t('documentation'), icon: BookOpen, isOtherSite: true },
      ],
    },
  ];
  if (viewer.demo) {
    groups.push({ label: t('demo'), items: [{ href: '/examples/credits', label: t('examples'), icon: FlaskConical }] });
  }
  if (viewer.admin) {
    groups.push({
      label: t('administration'),
      items: [
        { href: '/admin', label: t('ledger'), icon: Scale },
        { href: '/admin/activity', label: t('transactions'), icon: ListOrdered },
        { href: '/admin/users', label: t('users'), icon: Users },
        { href: '/admin/codes', label: t('codes'), icon: Ticket },
        { href: '/admin/rewards', label: t('rewards'), icon: Coins },
        { href: '/admin/messages', label: t('messages'), icon: Mail },
        { href: '/admin/health', label: t('health'), icon: HeartPulse },
        { href: '/admin/provisioning', label: t('provisioning'), icon: SlidersHorizontal },
      ],
    });
  }
  return groups;
}

/** The item that a path belongs to: the one whose address is the longest beginning of it. */
export function findActive(groups: readonly NavigationGroup[], path: string): NavigationItem | undefined {
  const shown = path === '/create-server' ? '/servers' : path;
  return groups
    .flatMap((group) => group.items)
    .filter(({ href }) => shown === href || (href !== '/' && shown.startsWith(`${href}/`)))
    .toSorted((a, b) => b.href.length - a.href.length)[0];
}
