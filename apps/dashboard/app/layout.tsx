import type { Metadata, Viewport } from 'next';
import { GeistMono } from 'geist/font/mono';
import { GeistSans } from 'geist/font/sans';
import { headers } from 'next/headers';
// With the layout, they are loaded once; otherwise each of its error pages and every page below brings a copy.
import 'next/link';
import type { ReactNode } from 'react';

import './globals.css';
import { BRANDING } from '@/branding';
import { AccentStyle } from '@/components/brand/accent-style';
import { readLocale } from '@/components/credits/locale';
import '@/components/states/failed-page';
import { ThemeProvider } from '@/components/theme/theme-provider';
import { Toaster } from '@/components/ui/sonner';
import { PAGE_COLOURS } from '@/lib/page-colours';

export const metadata: Metadata = {
  title: { default: BRANDING.name, template: `%s · ${BRANDING.name}` },
  description: BRANDING.description,
};

export const viewport: Viewport = {
  themeColor: [
    { media: '(prefers-color-scheme: dark)', color: PAGE_COLOURS.dark.page },
    { media: '(prefers-color-scheme: light)', color: PAGE_COLOURS.light.page },
  ],
};

/** Reads the request, which makes every page dynamic: each answer carries its own nonce, and no page opens the database at build time. */
export default async function RootLayout({ children }: { children: ReactNode }) {
  const nonce = (await headers()).get('x-nonce') ?? undefined;
  return (
    <html
      lang="en"
      data-locale={readLocale()}
      className={`${GeistSans.variable} ${GeistMono.variable}`}
      suppressHydrationWarning
    >
      <head>
        <AccentStyle />
      </head>
      <body className="min-h-dvh">
        <ThemeProvider nonce={nonce}>
          {children}
          <Toaster />
        </ThemeProvider>
      </body>
    </html>
  );
}
