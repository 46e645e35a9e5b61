'use client';

import { useEffect, useSyncExternalStore } from 'react';
import { createPortal } from 'react-dom';
import { creditsClient } from '@/stores/credits-store';
import { describeResult } from './announcement';

/** Displays on this page, in the order in which they came: the first one speaks for all. */
let displays: readonly symbol[] = [];
let message = '';
const listeners = new Set<() => void>();

function notify(): void {
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * Reads the results of the person's own actions to assistive technology: once, however many displays there are.
 *
 * Is at the end of the body and not in the display: a display that is hidden on a phone would silence it.
 */
export function CreditsAnnouncer({ display }: { display: symbol }) {
  const speaks = useSyncExternalStore(
    subscribe,
    () => displays[0] === display,
    () => false,
  );
  const text = useSyncExternalStore(
    subscribe,
    () => message,
    () => '',
  );
  useEffect(() => {
    displays = [...displays, display];
    notify();
    return () => {
      displays = displays.filter((other) => other !== display);
      notify();
    };
  }, [display]);
  useEffect(() => {
    if (!speaks) return;
    let before = creditsClient.getState();
    return creditsClient.subscribe((after) => {
      const result = describeResult(before, after);
      before = after;
      if (result === null) return;
      message = result;
      notify();
    });
  }, [speaks]);
  if (!speaks) return null;
  return createPortal(
    <div role="status" aria-live="polite" className="sr-only">
      {text}
    </div>,
    document.body,
  );
}
