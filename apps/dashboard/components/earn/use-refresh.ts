'use client';
import { useRouter } from 'next/navigation';
import { useCallback, useEffect, useRef } from 'react';
import { isHealthy } from '@/lib/health';

const RETRY_MS = 5_000;

/** Renders the page again as soon as the server can be reached: what ends by the clock may end offline. */
export function useRefresh(): () => void {
  const router = useRouter();
  const gone = useRef<AbortController | null>(null);
  const isWaiting = useRef(false);
  useEffect(() => {
    const controller = new AbortController();
    gone.current = controller;
    return () => {
      controller.abort();
      isWaiting.current = false;
    };
  }, []);
  return useCallback(() => {
    const signal = gone.current?.signal;
    const attempt = async (): Promise<void> => {
      const isThere = await isHealthy();
      if (signal?.aborted === true) return;
      if (isThere) {
        isWaiting.current = false;
        router.refresh();
      } else setTimeout(() => void attempt(), RETRY_MS);
    };
    if (isWaiting.current) return;
    isWaiting.current = true;
    void attempt();
  }, [router]);
}
