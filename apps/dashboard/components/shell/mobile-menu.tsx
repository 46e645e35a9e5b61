'use client';
import { MenuSheet } from '@/components/shell/menu-sheet';
import { SidebarNavigation } from '@/components/shell/sidebar';

/** The navigation of small screens. */
export function MobileMenu({ admin, demo }: { admin: boolean; demo: boolean }) {
  return (
    <MenuSheet description="All pages of the dashboard">
      {(close) => <SidebarNavigation admin={admin} demo={demo} onNavigate={close} />}
    </MenuSheet>
  );
}
