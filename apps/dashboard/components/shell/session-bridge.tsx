'use client';
import type { Snapshot } from 'realtime-credits';
import { onlyTimePassed } from 'realtime-credits/contract';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';

import { LogoMark } from '@/components/brand/logo';
import type { Me, MeAnswer } from '@/lib/api';
import { isHealthy } from '@/lib/health';
import { creditsClient } from '@/stores/credits-store';
import { useAuthStore } from '@/stores/user-store';

/** Waits for the rest of a burst of changes before the page's lists are read again. */
const REFRESH_DELAY_MS = 400;
/** How often a page that is looked at reads its lists again for what rates were charged. */
const RATES_REFRESH_MS = 3_600_000;
/** Together they bound the wait for a server that does not confirm a sign-out to about 8 s. */
const SIGN_OUT_RETRY_MS = 250;
const SIGN_OUT_TRIES_MAX = 30;

/**
 * Ties a server-rendered page to the stores of the browser, both ways: gives them the user and the first balance, leaves
 * the page when its user is signed out in any tab, and reads the page's lists again when the ledger has moved on.
 */
export function SessionBridge({ user, snapshot }: { user: Me; snapshot: Snapshot }) {
  const t = useTranslations('shell.account');
  useSeed(user, snapshot);
  const leaving = useLeaveWhenSignedOut(user.id);
  useRefreshOnChange(snapshot);
  if (!leaving) return null;
  return (
    <div role="status" className="fixed inset-0 z-100 flex flex-col items-center justify-center gap-4 bg-background">
      <LogoMark className="size-10" />
      <p className="text-sm text-muted-foreground">{t('signingOut')}</p>
    </div>
  );
}

function useSeed(user: Me, snapshot: Snapshot): void {
  // Before the first paint of the browser: the stores must not show a moment of nothing, or of somebody else.
  useLayoutEffect(() => {
    const { currentUser, setSession, updateUserData } = useAuthStore.getState();
    if (currentUser?.id === user.id) {
      // `coins` is left out: the stream may know a newer number than this page, and writes it back itself.
      const { coins: _older, ...profile } = user;
      updateUserData(profile);
    } else {
      setSession(user);
    }
    creditsClient.seed(snapshot);
  }, [user, snapshot]);
}

/** Resolves to whether the page is being left, which it covers at once. */
function useLeaveWhenSignedOut(userId: string): boolean {
  // Who left, and not merely that somebody did: a refresh may bring the next user's page in under the cover, and the way
  // out is still open as soon as the server no longer answers for the one who left.
  const [left, setLeft] = useState<string | null>(null);
  const ended = useRef(false);
  useEffect(() => {
    const stopAuth = useAuthStore.subscribe(({ currentUser }) => {
      if (currentUser?.id !== userId) setLeft(userId);
    });
    const stopCredits = creditsClient.subscribe(({ connection }) => {
      if (connection.state !== 'signed-out' || useAuthStore.getState().currentUser === null) return;
      ended.current = true;
      void useAuthStore.getState().checkSession();
    });
    return () => {
      stopAuth();
      stopCredits();
    };
  }, [userId]);
  useEffect(() => {
    if (left === null) return;
    const cancelled = new AbortController();
    void waitForSignOut(left, cancelled.signal).then((next) => {
      if (cancelled.signal.aborted) return;
      // Who did not leave by themselves wants to come back here.
      const back = new URLSearchParams({ ended: '1', next: window.location.pathname });
      const signInAddress = ended.current ? `/sign-in?${back}` : '/sign-in';
      // A whole new page: what was read ahead for the person before must not be shown from memory.
      window.location.replace(next === 'sign-in' ? signInAddress : '/');
    });
    return () => cancelled.abort();
  }, [left]);
  return left !== null;
}

/**
 * Where to go once the server has ended the session too. A tab learns of a sign-out sooner than the server does; going
 * at once would find the old session still there, and be sent back in.
 */
async function waitForSignOut(userId: string, signal: AbortSignal): Promise<'sign-in' | 'overview'> {
  for (let tries = 0; tries < SIGN_OUT_TRIES_MAX && !signal.aborted; tries += 1) {
    try {
      const response = await fetch('/api/user/me', { signal });
      if (response.status === 401) return 'sign-in';
      if (response.ok && ((await response.json()) as MeAnswer).user.id !== userId) return 'overview';
    } catch {
      // Offline: asked again below.
    }
    await new Promise((resolve) => setTimeout(resolve, SIGN_OUT_RETRY_MS));
  }
  return 'sign-in';
}

/**
 * Reads the page's lists again when the ledger has moved on. What rates were charged is waited for: reading settles them
 * once more, and a page with a rate of a credit each second would read its lists again and again.
 */
function useRefreshOnChange(snapshot: Snapshot): void {
  const router = useRouter();
  const rendered = useRef({ snapshot, at: 0 });
  useEffect(() => {
    rendered.current = { snapshot, at: performance.now() };
  }, [snapshot]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let stopped = false;
    const refresh = async () => {
      // A refresh while the server is away would replace the page by a proxy's error page. Changes that arrive after the
      // restart cause another refresh.
      const isServerThere = document.visibilityState === 'visible' && (await isHealthy());
      timer = undefined;
      // A hidden page reads nothing; it catches up when it is looked at.
      if (isServerThere && !stopped && document.visibilityState === 'visible' && isBehind()) router.refresh();
    };
    const isBehind = () => {
      const { confirmed } = creditsClient.getState();
      const { snapshot: shown, at } = rendered.current;
      if (confirmed === null || (confirmed.version ?? 0) <= shown.version) return false;
      return performance.now() - at > RATES_REFRESH_MS || !onlyTimePassed(shown, confirmed);
    };
    const check = () => {
      if (isBehind()) timer ??= setTimeout(() => void refresh(), REFRESH_DELAY_MS);
    };
    const stop = creditsClient.subscribe(check);
    document.addEventListener('visibilitychange', check);
    return () => {
      stopped = true;
      stop();
      document.removeEventListener('visibilitychange', check);
      clearTimeout(timer);
    };
  }, [router]);
}
