import type { ReactNode } from 'react';

import { getTranslations } from 'next-intl/server';
import Link from 'next/link';

import CreditsDisplay from '@/components/CreditsDisplay';
import { LogoMark, Wordmark } from '@/components/brand/logo';
import { PaletteButton } from '@/components/palette/palette-button';
import { HeaderSection } from '@/components/shell/header-section';
import { MobileMenu } from '@/components/shell/mobile-menu';
import { OfflineNote } from '@/components/shell/offline-note';
import { SessionBridge } from '@/components/shell/session-bridge';
import { SidebarNavigation } from '@/components/shell/sidebar';
import { UserMenu } from '@/components/shell/user-menu';
import { ThemeSwitch } from '@/components/theme/theme-switch';
import { requireViewer } from '@/lib/viewer';
import { getRuntime } from '@/server/runtime';

/**
 * The frame of every page for signed-in people: sidebar or sheet, and the header with the balance.
 *
 * The user and the snapshot that the server rendered go to the stores before anything is painted from them. The
 * number is right in the first frame and stays in place when the page wakes up.
 */
export async function AppShell({ children }: { children: ReactNode }) {
  const { user, snapshot } = await requireViewer();
  const t = await getTranslations('shell');
  const places = { admin: user.role === 0, demo: getRuntime().facts.demo !== null };
  return (
    <div data-shell className="flex min-h-dvh">
      <SessionBridge user={user} snapshot={snapshot} />
      <a
        href="#content"
        className="fixed start-2 top-2 z-50 -translate-y-20 rounded-md bg-primary px-4 py-2 text-sm font-medium text-primary-foreground focus:translate-y-0"
      >
        {t('skip')}
      </a>
      <aside className="hidden w-60 shrink-0 border-e bg-sidebar lg:block">
        <div className="sticky top-0 flex h-dvh flex-col">
          <Link
            href="/"
            className="flex h-16 shrink-0 items-center px-6 outline-none focus-visible:ring-[3px] focus-visible:ring-ring/50"
          >
            <Wordmark />
          </Link>
          <div className="min-h-0 flex-1 overflow-y-auto pt-3 pb-8">
            <SidebarNavigation {...places} />
          </div>
        </div>
      </aside>
      <div className="flex min-w-0 flex-1 flex-col">
        <header className="sticky top-0 z-30 flex h-16 shrink-0 items-center gap-2 border-b bg-background/85 px-4 backdrop-blur sm:gap-3 sm:px-8">
          <MobileMenu {...places} />
          <Link
            href="/"
            aria-label={t('navigation.overview')}
            className="rounded-md outline-none focus-visible:ring-[3px] focus-visible:ring-ring/50 lg:hidden"
          >
            <LogoMark />
          </Link>
          <HeaderSection {...places} />
          <div className="ms-auto flex items-center gap-1.5 sm:gap-2.5">
            <PaletteButton {...places} />
            <CreditsDisplay
              variant="prominent"
              size="md"
              className="hidden sm:flex"
              activityHref="/activity"
              initial={snapshot}
            />
            <CreditsDisplay
              variant="compact"
              size="md"
              className="sm:hidden"
              activityHref="/activity"
              initial={snapshot}
            />
            <ThemeSwitch />
            <UserMenu name={user.display_name} email={user.email} username={user.username} admin={places.admin} />
          </div>
        </header>
        <main
          id="content"
          tabIndex={-1}
          className="mx-auto w-full max-w-6xl flex-1 px-4 py-8 outline-none sm:px-8 sm:py-10"
        >
          {children}
        </main>
        <OfflineNote />
      </div>
    </div>
  );
}
