'use client';
import { WifiOff } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useEffect } from 'react';

import { useOnline } from '@/components/states/use-online';
import { showInfo } from '@/lib/toast';

/**
 * Says at the foot of the page that the device is offline. It lies over the page and moves nothing. It keeps
 * people on it: a link that cannot be followed would end on the browser's own error page, and lose what is shown here.
 */
export function OfflineNote() {
  const online = useOnline();
  const t = useTranslations('shell.offline');
  useEffect(() => {
    if (online) return;
    // On the window, which handles the click before the links do.
    const handleClick = (event: MouseEvent) => {
      if (keepOnPage(event)) showInfo(t('title'), t('text'));
    };
    window.addEventListener('click', handleClick, { capture: true });
    return () => window.removeEventListener('click', handleClick, { capture: true });
  }, [online, t]);
  return (
    <div role="status" className="pointer-events-none fixed inset-x-0 bottom-4 z-40 flex justify-center px-4">
      {online ? null : (
        <p className="flex items-center gap-2.5 rounded-full border bg-popover px-4 py-2 text-sm shadow-xl">
          <WifiOff className="size-4 shrink-0 text-muted-foreground" aria-hidden />
          {t('note')}
        </p>
      )}
    </div>
  );
}

/** Whether the click would have left the page. */
function keepOnPage(event: MouseEvent): boolean {
  const link = event.target instanceof Element ? event.target.closest('a[href^="/"]') : null;
  if (link === null) return false;
  event.preventDefault();
  return true;
}
