import type { Entry, HistoryPage } from 'realtime-credits';
import type { CreditsState } from 'realtime-credits/client';
import { onlyTimePassed } from 'realtime-credits/contract';
import { useCreditsState } from 'realtime-credits/react';
import { useCallback, useEffect, useRef, useState } from 'react';

import { creditsClient } from '@/stores/credits-store';
import { translateError } from '../messages';
import { send } from '../send';
import { UNKNOWN } from '../use-credits-view';
import { joinPages, type Page } from './join-pages';

/** The newest entries, and where the history reads on. */
export type FirstPage = Pick<HistoryPage, 'entries' | 'next'>;

const PAGE_SIZE = 50;

interface Newest {
  account: string;
  page: FirstPage | null;
  error: string | null;
}

/**
 * The history of the signed-in user: the newest page, and what was read behind it.
 *
 * Reads `GET /api/credits/history` of the package's server. A host without it has balances but no history, which is
 * said as an error.
 */
export function useHistory(first: FirstPage | undefined) {
  const { newest, readAgain } = useNewest(first === undefined);
  const page = first ?? newest?.page ?? null;
  const [older, setOlder] = useState<(Page<Entry> & { account: string | null }) | null>(null);
  const [isLoading, setLoading] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const account = newest?.account ?? null;
  const { items: entries, next } = joinPages(
    { items: page?.entries ?? [], next: page?.next ?? null },
    // Another user's history may not stay on the screen, not even behind theirs.
    older?.account === account ? older : null,
    toVersion,
  );

  async function readOlder(): Promise<void> {
    if (next === null || isLoading) return;
    setLoading(true);
    const result = await send<HistoryPage>('GET', `/api/credits/history?before=${next}&limit=${PAGE_SIZE}`);
    setLoading(false);
    if (!result.ok) {
      setError(translateError(result.failure));
      return;
    }
    setError(null);
    setOlder({ account, items: [...entries, ...result.answer.entries], next: result.answer.next });
  }

  return {
    entries,
    next,
    isKnown: page !== null,
    isLoading,
    error: error ?? newest?.error ?? null,
    readOlder,
    readAgain,
  };
}

/** The newest page, read by itself: at first, when the balance has a new version, and when it is asked to. */
function useNewest(enabled: boolean): { newest: Newest | null; readAgain: () => void } {
  const { account } = useCreditsState(creditsClient, UNKNOWN);
  const [newest, setNewest] = useState<Newest | null>(null);
  // Only the answer to the last question counts: an earlier one may come later.
  const asked = useRef(0);

  const ask = useCallback(async (asker: string | null): Promise<void> => {
    const question = (asked.current += 1);
    if (asker === null) return;
    const result = await send<HistoryPage>('GET', `/api/credits/history?limit=${PAGE_SIZE}`);
    if (question !== asked.current) return;
    setNewest((before) => ({
      account: asker,
      page: result.ok ? result.answer : before?.account === asker ? before.page : null,
      error: result.ok ? null : translateError(result.failure),
    }));
  }, []);

  useEffect(() => {
    if (!enabled) return;
    let read: Pick<CreditsState, 'account' | 'confirmed'> | null = null;
    const follow = ({ account: now, confirmed }: CreditsState): void => {
      if (read?.account === now && !isAnotherState(read.confirmed, confirmed)) return;
      read = { account: now, confirmed };
      void ask(now);
    };
    const unsubscribe = creditsClient.subscribe(follow);
    // A page may show this list and no display.
    const stop = creditsClient.start();
    follow(creditsClient.getState());
    return () => {
      unsubscribe();
      stop();
      asked.current += 1;
    };
  }, [enabled, ask]);

  return {
    newest: newest?.account === account ? newest : null,
    readAgain: () => {
      setNewest(null);
      void ask(account);
    },
  };
}

/** Reading charges what rates accrued, which is a version of its own and no reason to read again. */
function isAnotherState(before: CreditsState['confirmed'], after: CreditsState['confirmed']): boolean {
  if (before?.version === after?.version) return false;
  return before === null || after === null || !onlyTimePassed(before, after);
}

const toVersion = ({ version }: Entry) => version;
