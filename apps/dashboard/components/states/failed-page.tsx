'use client';
import { RotateCw } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
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
  const t = useTranslations('failed');
  // A script that failed to arrive is not asked for again by this document.
  const wasOffline = useRef(false);
  useEffect(() => {
    if (!online) wasOffline.current = true;
    else if (wasOffline.current) window.location.reload();
  }, [online]);
  return (
    <FullPage
      sign={online ? (error.digest === undefined ? t('title') : t('code', { digest: error.digest })) : t('offline')}
      title={t(online ? 'heading' : 'offlineHeading')}
      action={
        <>
          <Button onClick={onRetry}>
            <RotateCw /> {t('retry')}
          </Button>
          <Button asChild variant="outline">
            <Link href="/">{t('overview')}</Link>
          </Button>
        </>
      }
    >
      {t(online ? 'text' : 'offlineText')}
    </FullPage>
  );
}
