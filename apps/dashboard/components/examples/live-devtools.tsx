'use client';

import dynamic from 'next/dynamic';
import { creditsClient } from '@/stores/credits-store';

/** On purpose in production too, which this page is a demonstration of; loaded by nobody who does not open it. */
const CreditsDevtools = dynamic(
  () => import('realtime-credits/devtools/production').then(({ CreditsDevtools: Panel }) => Panel),
  { ssr: false, loading: () => <div aria-hidden className="h-160 animate-pulse rounded-xl bg-muted" /> },
);

/** What the number is made of, what arrives, and buttons that break this tab's network. */
export function LiveDevtools() {
  return (
    // The panel is light or dark as `color-scheme` says, which not every host sets beside its class.
    <div className="scheme-light dark:scheme-dark">
      <CreditsDevtools client={creditsClient} placement="page" />
    </div>
  );
}
