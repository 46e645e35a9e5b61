'use client';
import './globals.css';

import { BRANDING } from '@/branding';
import { AccentStyle } from '@/components/brand/accent-style';
import { FailedPage } from '@/components/states/failed-page';

/** The last resort: the root layout itself failed, so this page brings its own. */
export default function GlobalErrorPage({ error }: { error: Error & { digest?: string } }) {
  return (
    <html lang="en" className="dark">
      <body className="min-h-dvh bg-background text-foreground">
        <title>{`Something broke · ${BRANDING.name}`}</title>
        <AccentStyle />
        <FailedPage error={error} onRetry={() => window.location.reload()} />
      </body>
    </html>
  );
}
