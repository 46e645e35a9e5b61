'use client';
import { WifiOff } from 'lucide-react';
import { useEffect } from 'react';

import { useOnline } from '@/components/states/use-online';
import { showInfo } from '@/lib/toast';

/**
 * Says at the foot of the page that the device is offline. It lies over the page and moves nothing. It keeps
 * people on it: a link that cannot be followed would end on the browser's own error page, and lose what is shown here.
 */
export function OfflineNote() {
  const online = useOnline();
  useEffect(() => {
    if (online) return;
    // On the window, which handles the click before the links do.
    window.addEventListener('click', keepOnPage, { capture: true });
    return () => window.removeEventListener('click', keepOnPage, { capture: true });
  }, [online]);
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

function keepOnPage(event: MouseEvent): void {
  const link = event.target instanceof Element ? event.target.closest('a[href^="/"]') : null;
  if (link === null) return;
  event.preventDefault();
  showInfo('That page needs a connection', 'Follow the link again once this device is online.');
}
