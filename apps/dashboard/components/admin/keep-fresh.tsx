'use client';
import { useRouter } from 'next/navigation';
import { useEffect } from 'react';
import { isHealthy } from '@/lib/health';

const REFRESH_MS = 5_000;

/** Reads a page of everybody's numbers again while somebody looks at it. Nothing tells a browser about other accounts. */
export function KeepFresh() {
  const router = useRouter();
  useEffect(() => {
    const timer = setInterval(async () => {
      if (document.visibilityState === 'visible' && (await isHealthy())) router.refresh();
    }, REFRESH_MS);
    return () => clearInterval(timer);
  }, [router]);
  return null;
}
