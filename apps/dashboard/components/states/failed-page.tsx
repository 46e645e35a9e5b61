'use client';
import { RotateCw } from 'lucide-react';
import Link from 'next/link';
import { useEffect, useRef } from 'react';

import { FullPage } from '@/components/states/full-page';
import { useOnline } from '@/components/states/use-online';
import { Button } from '@/components/ui/button';
import type english from '@/messages/en/failed.json';

interface FailedPageProps {
  error: Error & { digest?: string };
  onRetry: () => void;
  /** Plain ones: the last resort has them without anything that may have failed. */
  texts: typeof english;
}

/** What is said in place of a page that could not be shown. Being offline is named as such, and ends by itself. */
export function FailedPage({ error, onRetry, texts }: FailedPageProps) {
  const online = useOnline();
  // A script that failed to arrive is not asked for again by this document.
  const wasOffline = useRef(false);
  useEffect(() => {
    if (!online) wasOffline.current = true;
    else if (wasOffline.current) window.location.reload();
  }, [online]);
  return (
    <FullPage
      sign={online ? (error.digest === undefined ? texts.title : `${texts.code} ${error.digest}`) : texts.offline}
      title={online ? texts.heading : texts.offlineHeading}
      action={
        <>
          <Button onClick={onRetry}>
            <RotateCw /> {texts.retry}
          </Button>
          <Button asChild variant="outline">
            <Link href="/">{texts.overview}</Link>
          </Button>
        </>
      }
    >
      {online ? texts.text : texts.offlineText}
    </FullPage>
  );
}
