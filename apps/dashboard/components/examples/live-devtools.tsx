'use client';

import { lazy, Suspense, useSyncExternalStore } from 'react';
import { creditsClient } from '@/stores/credits-store';

/** On purpose in production too, which this page is a demonstration of; loaded by nobody who does not open it. */
const CreditsDevtools = lazy(() =>
  import('realtime-credits/devtools/production').then(({ CreditsDevtools: Panel }) => ({ default: Panel })),
);

const subscribe = () => () => undefined;

/** What the number is made of, what arrives, and buttons that break this tab's network. */
export function LiveDevtools() {
  const isBrowser = useSyncExternalStore(
    subscribe,
    () => true,
    () => false,
  );
  const placeholder = <div aria-hidden className="h-160 animate-pulse rounded-xl bg-muted" />;
  return (
    // The panel is light or dark as `color-scheme` says, which not every host sets beside its class.
    <div className="scheme-light dark:scheme-dark">
      {/* No boundary on the server: React 18 complains of one that is updated before it is hydrated. */}
      {isBrowser ? (
        <Suspense fallback={placeholder}>
          <CreditsDevtools client={creditsClient} placement="page" />
        </Suspense>
      ) : (
        placeholder
      )}
    </div>
  );
}
