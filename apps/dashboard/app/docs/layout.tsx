import Link from 'next/link';
import type { ReactNode } from 'react';

import { LogoMark, Wordmark } from '@/components/brand/logo';
import { DocsMenu } from '@/components/docs/docs-menu';
import { DocsNavigation } from '@/components/docs/docs-navigation';
import { DocsSearch } from '@/components/docs/docs-search';
import { ThemeSwitch } from '@/components/theme/theme-switch';
import { Button } from '@/components/ui/button';
import { readCode, readDocs } from '@/lib/docs/read-docs';

/** The frame of the documentation, which everybody may read: no session is asked for. */
export default async function DocsLayout({ children }: { children: ReactNode }) {
  // Begun with whatever is read first, so that they are there for the page after it.
  void readCode();
  const { groups } = await readDocs();
  return (
    <div data-shell data-docs className="flex min-h-dvh">
      <a
        href="#content"
        className="fixed top-2 left-2 z-50 -translate-y-20 rounded-md bg-primary px-4 py-2 text-sm font-medium text-primary-foreground focus:translate-y-0"
      >
        Skip to the content
      </a>
      <aside className="hidden w-64 shrink-0 border-r bg-sidebar lg:block">
        <div className="sticky top-0 flex h-dvh flex-col">
          <Link
            href="/docs"
            aria-label="Documentation of Real-Time Credits"
            className="flex h-16 shrink-0 items-center px-6 outline-none focus-visible:ring-[3px] focus-visible:ring-ring/50"
          >
            <Wordmark />
          </Link>
          <div className="min-h-0 flex-1 overflow-y-auto pt-3 pb-8">
            <DocsNavigation groups={groups} />
          </div>
        </div>
      </aside>
      <div className="flex min-w-0 flex-1 flex-col">
        <header className="sticky top-0 z-30 flex h-16 shrink-0 items-center gap-2 border-b bg-background/85 px-4 backdrop-blur sm:gap-3 sm:px-8">
          <DocsMenu groups={groups} />
          <Link
            href="/docs"
            aria-label="Documentation"
            className="rounded-md outline-none focus-visible:ring-[3px] focus-visible:ring-ring/50 lg:hidden"
          >
            <LogoMark />
          </Link>
          <DocsSearch />
          <div className="ml-auto flex items-center gap-1.5 sm:gap-2.5">
            <Button asChild variant="ghost" size="sm">
              <Link href="/">Dashboard</Link>
            </Button>
            <ThemeSwitch />
          </div>
        </header>
        {children}
      </div>
    </div>
  );
}
