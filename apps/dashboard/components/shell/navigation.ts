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
export function toNavigation(viewer: { admin: boolean; demo: boolean }): NavigationGroup[] {
  const groups: NavigationGroup[] = [
    {
      label: null,
      items: [
        { href: '/', label: 'Overview', icon: LayoutDashboard },
        { href: '/servers', label: 'Servers', icon: Server },
      ],
    },
    {
      label: UNIT.title,
      items: [
        { href: '/earn', label: 'Earn', icon: Gift },
        { href: '/referrals', label: 'Referrals', icon: UserPlus },
        { href: '/transfers', label: 'Transfers', icon: ArrowLeftRight },
        { href: '/activity', label: 'Activity', icon: Activity },
      ],
    },
    {
      label: 'You',
      items: [
        { href: '/settings', label: 'Settings', icon: Settings },
        { href: '/docs/', label: 'Documentation', icon: BookOpen, isOtherSite: true },
      ],
    },
  ];
  if (viewer.demo) {
    groups.push({ label: 'Demo', items: [{ href: '/examples/credits', label: 'Examples', icon: FlaskConical }] });
  }
  if (viewer.admin) {
    groups.push({
      label: 'Administration',
      items: [
        { href: '/admin', label: 'Ledger', icon: Scale },
        { href: '/admin/activity', label: 'All transactions', icon: ListOrdered },
        { href: '/admin/users', label: 'Users', icon: Users },
        { href: '/admin/codes', label: 'Codes', icon: Ticket },
        { href: '/admin/rewards', label: 'Rewards', icon: Coins },
        { href: '/admin/messages', label: 'Messages', icon: Mail },
        { href: '/admin/health', label: 'Health', icon: HeartPulse },
        { href: '/admin/provisioning', label: 'Provisioning', icon: SlidersHorizontal },
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
