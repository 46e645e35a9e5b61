'use client';
import { useRouter } from 'next/navigation';
import { useMessages } from 'next-intl';
import { startTransition } from 'react';

import { FailedPage } from '@/components/states/failed-page';

interface ErrorPageProps {
  error: Error & { digest?: string };
  reset: () => void;
}

export default function ErrorPage({ error, reset }: ErrorPageProps) {
  const router = useRouter();
  const { failed } = useMessages();
  // Reset alone would paint the same failed response again: the page has to be read again.
  const retry = () =>
    startTransition(() => {
      router.refresh();
      reset();
    });
  return <FailedPage error={error} onRetry={retry} texts={failed} />;
}
