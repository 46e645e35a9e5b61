'use client';
import { RotateCw } from 'lucide-react';
import Link from 'next/link';
import { useEffect, useSyncExternalStore } from 'react';

import { FullPage } from '@/components/states/full-page';
import { Button } from '@/components/ui/button';

function subscribe(listener: () => void): () => void {
  window.addEventListener('online', listener);
  window.addEventListener('offline', listener);
  return () => {
    window.removeEventListener('online', listener);
    window.removeEventListener('offline', listener);
  };
}

interface FailedPageProps {
  error: Error & { digest?: string };
  onRetry: () => void;
}

/** What is said in place of a page that could not be shown. Being offline is named as such, and ends by itself. */
export function FailedPage({ error, onRetry }: FailedPageProps) {
  const online = useSyncExternalStore(
    subscribe,
    () => navigator.onLine,
    () => true,
  );
  useEffect(() => {
    if (!online) return;
    window.addEventListener('online', onRetry);
    return () => window.removeEventListener('online', onRetry);
  }, [online, onRetry]);
  return (
    <FullPage
      sign={online ? (error.digest === undefined ? 'Something broke' : `Error ${error.digest}`) : 'Offline'}
      title={online ? 'This page could not be shown' : 'You are offline'}
      action={
        <>
          <Button onClick={onRetry}>
            <RotateCw /> Try again
          </Button>
          <Button asChild variant="outline">
            <Link href="/">Overview</Link>
          </Button>
        </>
      }
    >
      {online
        ? 'Something broke on our side. Nothing of yours was changed by it.'
        : 'The page is read again once your device has found its way back.'}
    </FullPage>
  );
}
