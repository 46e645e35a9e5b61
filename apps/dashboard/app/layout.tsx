import type { Metadata, Viewport } from 'next';
import { GeistMono } from 'geist/font/mono';
import { GeistSans } from 'geist/font/sans';
import { headers } from 'next/headers';
import { NextIntlClientProvider } from 'next-intl';
import { getMessages } from 'next-intl/server';
import type { ReactNode } from 'react';

import './globals.css';
import { BRANDING } from '@/branding';
import { BRANDING_TRANSLATIONS } from '@/branding.translations';
import { AccentStyle } from '@/components/brand/accent-style';
import { readLocale } from '@/components/credits/locale';
import { readTranslation, TRANSLATION_ELEMENT } from '@/components/credits/translations';
import { DirectionProvider } from '@/components/i18n/direction';
import { ThemeProvider } from '@/components/theme/theme-provider';
import { Toaster } from '@/components/ui/sonner';
import { LANGUAGES, languageOf, type Language } from '@/lib/languages';
import { PAGE_COLOURS } from '@/lib/page-colours';

export function generateMetadata(): Metadata {
  const translations: Partial<Record<Language, { description?: string }>> = BRANDING_TRANSLATIONS;
  return {
    title: { default: BRANDING.name, template: `%s · ${BRANDING.name}` },
    description: translations[languageOf(readLocale())]?.description ?? BRANDING.description,
  };
}

export const viewport: Viewport = {
  themeColor: [
    { media: '(prefers-color-scheme: dark)', color: PAGE_COLOURS.dark.page },
    { media: '(prefers-color-scheme: light)', color: PAGE_COLOURS.light.page },
  ],
};

/** Reads the request, which makes every page dynamic: each answer carries its own nonce, and no page opens the database at build time. */
export default async function RootLayout({ children }: { children: ReactNode }) {
  const nonce = (await headers()).get('x-nonce') ?? undefined;
  const { failed, shell } = await getMessages();
  const locale = readLocale();
  const { tag, dir } = LANGUAGES[languageOf(locale)];
  return (
    <html
      lang={tag}
      dir={dir}
      data-locale={locale}
      className={`${GeistSans.variable} ${GeistMono.variable}`}
      suppressHydrationWarning
    >
      <head>
        <AccentStyle />
        <TranslationData />
      </head>
      <body className="min-h-dvh">
        <NextIntlClientProvider messages={{ failed, shell }}>
          <ThemeProvider nonce={nonce}>
            <DirectionProvider dir={dir}>
              {children}
              <Toaster />
            </DirectionProvider>
          </ThemeProvider>
        </NextIntlClientProvider>
      </body>
    </html>
  );
}

/** What the credits display and its parts say in the language of the page: data, which no policy stops. English needs none. */
function TranslationData() {
  if (languageOf(readLocale()) === 'en') return null;
  const json = JSON.stringify(readTranslation()).replaceAll('<', '\\u003c');
  return <script type="application/json" id={TRANSLATION_ELEMENT} dangerouslySetInnerHTML={{ __html: json }} />;
}
