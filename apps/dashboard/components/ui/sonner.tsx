'use client';
import { useSyncExternalStore } from 'react';

import { loadLater } from '@/components/credits/overlay';
import { subscribeToasts, waitingToasts, type ShownToast } from '@/lib/toast';

const NONE: readonly ShownToast[] = [];
const later = loadLater(() => import('@/components/ui/toasts'));

/** Where results of a person's own actions are said. One per page, in the root layout. */
function Toaster() {
  const waiting = useSyncExternalStore(subscribeToasts, waitingToasts, () => NONE);
  const Toasts = later.useLoaded(waiting.length > 0)?.Toasts;
  return Toasts === undefined ? null : <Toasts waiting={waiting} />;
}

export { Toaster };
