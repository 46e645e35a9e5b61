'use client';
import { useTranslations } from 'next-intl';

import { MenuSheet } from '@/components/shell/menu-sheet';
import { SidebarNavigation } from '@/components/shell/sidebar';

/** The navigation of small screens. */
export function MobileMenu({ admin, demo }: { admin: boolean; demo: boolean }) {
  const t = useTranslations('shell.menu');
  return (
    <MenuSheet description={t('description')}>
      {(close) => <SidebarNavigation admin={admin} demo={demo} onNavigate={close} />}
    </MenuSheet>
  );
}
