'use client';
import type { CSSProperties } from 'react';

import './globals.css';

import { BRANDING } from '@/branding';
import { FailedPage } from '@/components/states/failed-page';

/** What the mark is drawn in: the layout, which brings the rest, has failed. */
const MARK = { '--credits': BRANDING.accent.dark } as CSSProperties;

/** The last resort: the root layout itself failed, so this page brings its own. */
export default function GlobalErrorPage({ error }: { error: Error & { digest?: string } }) {
  return (
    <html lang="en" className="dark" style={MARK}>
      <body className="min-h-dvh bg-background text-foreground">
        <title>{`Something broke · ${BRANDING.name}`}</title>
        <FailedPage error={error} onRetry={() => window.location.reload()} />
      </body>
    </html>
  );
}
