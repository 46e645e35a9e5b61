'use client';
import { RotateCw } from 'lucide-react';
import Link from 'next/link';
import { useEffect, useRef } from 'react';

import { FullPage } from '@/components/states/full-page';
import { useOnline } from '@/components/states/use-online';
import { Button } from '@/components/ui/button';

interface FailedPageProps {
  error: Error & { digest?: string };
  onRetry: () => void;
}

/** What is said in place of a page that could not be shown. Being offline is named as such, and ends by itself. */
export function FailedPage({ error, onRetry }: FailedPageProps) {
  const online = useOnline();
  // A script that failed to arrive is not asked for again by this document.
  const wasOffline = useRef(false);
  useEffect(() => {
    if (!online) wasOffline.current = true;
    else if (wasOffline.current) window.location.reload();
  }, [online]);
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
