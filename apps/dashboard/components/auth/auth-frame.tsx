import type { ReactNode } from 'react';

import { BRANDING } from '@/branding';
import { BRANDING_TRANSLATIONS } from '@/branding.translations';
import { AuthAside } from '@/components/auth/auth-aside';
import { LogoMark, Wordmark } from '@/components/brand/logo';
import { readLocale } from '@/components/credits/locale';
import { LanguageChoice } from '@/components/i18n/language-choice';
import { ThemeSwitch } from '@/components/theme/theme-switch';
import { Button } from '@/components/ui/button';
import { languageOf, type Language } from '@/lib/languages';

interface AuthFrameProps {
  /** Of the page inside. */
  path: string;
  children: ReactNode;
}

/** Around the pages of who is not inside yet. */
export function AuthFrame({ path, children }: AuthFrameProps) {
  const translations: Partial<Record<Language, { docs?: string; promise?: string }>> = BRANDING_TRANSLATIONS;
  const translated = translations[languageOf(readLocale())];
  return (
    <div className="grid min-h-dvh lg:grid-cols-[minmax(0,1fr)_minmax(0,1.1fr)]">
      <div className="flex min-h-dvh flex-col px-6 py-6 sm:px-10">
        <header className="flex items-center justify-between">
          <Wordmark />
          <div className="flex items-center gap-2">
            {BRANDING.docs === null ? null : (
              <Button asChild variant="ghost" size="sm">
                {/* oxlint-disable-next-line nextjs/no-html-link-for-pages -- another site, which Next does not know */}
                <a href="/docs/">{translated?.docs ?? BRANDING.docs}</a>
              </Button>
            )}
            <ThemeSwitch />
          </div>
        </header>
        <main className="flex flex-1 items-center justify-center py-12">{children}</main>
        <footer>
          <LanguageChoice next={path} quiet />
        </footer>
      </div>
      <aside className="relative hidden overflow-hidden border-s bg-sidebar lg:block" aria-hidden>
        <LogoMark className="absolute -end-32 -bottom-40 size-[36rem] opacity-[0.035]" />
        <AuthAside promise={translated?.promise ?? BRANDING.promise} />
      </aside>
    </div>
  );
}
