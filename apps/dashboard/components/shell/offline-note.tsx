'use client';
import { WifiOff } from 'lucide-react';

import { useOnline } from '@/components/states/use-online';

/** Says at the foot of the page that the device is offline. It lies over the page, so that nothing moves. */
export function OfflineNote() {
  const online = useOnline();
  return (
    <div role="status" className="pointer-events-none fixed inset-x-0 bottom-4 z-40 flex justify-center px-4">
      {online ? null : (
        <p className="flex items-center gap-2.5 rounded-full border bg-popover px-4 py-2 text-sm shadow-xl">
          <WifiOff className="size-4 shrink-0 text-muted-foreground" aria-hidden />
          You are offline. What you see is what was last known.
        </p>
      )}
    </div>
  );
}
