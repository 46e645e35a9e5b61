'use client';

import dynamic from 'next/dynamic';
import { Skeleton } from '@/components/ui/skeleton';
import { creditsClient } from '@/stores/credits-store';

/** On purpose in production too, which this page is a demonstration of; loaded by nobody who does not open it. */
const CreditsDevtools = dynamic(
  () => import('realtime-credits/devtools/production').then(({ CreditsDevtools: Panel }) => Panel),
  { ssr: false, loading: () => <Skeleton className="h-160 rounded-xl" /> },
);

/** What the number is made of, what arrives, and buttons that break this tab's network. */
export function LiveDevtools() {
  return <CreditsDevtools client={creditsClient} placement="page" />;
}
