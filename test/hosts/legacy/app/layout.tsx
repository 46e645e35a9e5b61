import './globals.css';
import type { ReactNode } from 'react';
import { Toasts } from '@/components/Toasts';
import { THEME_SCRIPT } from '@/lib/theme';

export const metadata = { title: 'legacy.host', icons: { icon: 'data:,' } };

export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    <html lang="en" suppressHydrationWarning>
      <head>
        <script dangerouslySetInnerHTML={{ __html: THEME_SCRIPT }} />
      </head>
      <body className="flex min-h-dvh flex-col bg-background text-foreground antialiased">
        {children}
        <footer className="mt-auto flex gap-4 px-4 py-6 text-sm text-muted-foreground sm:px-8">
          <a href="mailto:support@legacy.test" className="underline underline-offset-4">
            Write to us
          </a>
          <a href="data:text/plain,Terms" download="terms.txt" className="underline underline-offset-4">
            Terms
          </a>
        </footer>
        <Toasts />
      </body>
    </html>
  );
}
