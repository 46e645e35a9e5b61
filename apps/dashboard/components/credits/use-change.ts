import { useEffect, useRef, useState, type RefObject } from 'react';
import type { CreditsState } from 'realtime-credits/client';

/** How long a change stays coloured, in milliseconds. */
const CHANGE_MS = 700;

/** Which way the number just went. */
export type Change = 'up' | 'down' | null;

/**
 * Answers a change of the number once: a colour that goes away by itself, and a short swell of `ref`'s element unless
 * the person asked for less motion.
 *
 * The first number, and the first one of another account, are no changes. 0 is a number like any other. What time takes
 * is no event: the number just counts down.
 */
export function useChange(
  { account, accrued }: Pick<CreditsState, 'account' | 'accrued'>,
  amount: number | null,
  ref: RefObject<HTMLElement | null>,
): Change {
  const [change, setChange] = useState<Change>(null);
  const previous = useRef({ account, accrued, amount });
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => {
    const before = previous.current;
    previous.current = { account, accrued, amount };
    if (amount === null || before.amount === null || before.account !== account) {
      setChange(null);
      return;
    }
    const isByTime = amount + accrued === before.amount + before.accrued;
    if (amount === before.amount || isByTime) return;
    setChange(amount > before.amount ? 'up' : 'down');
    swell(ref.current);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setChange(null), CHANGE_MS);
  }, [account, accrued, amount, ref]);
  return change;
}

function swell(element: HTMLElement | null): void {
  if (element === null || window.matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  element.animate?.([{ scale: 1 }, { scale: 1.06, offset: 0.3 }, { scale: 1 }], {
    duration: 450,
    easing: 'cubic-bezier(0.2, 0.8, 0.2, 1)',
  });
}
