import { useEffect, useRef, useState, type RefObject } from 'react';

/** How long a change stays coloured, in milliseconds. */
const CHANGE_MS = 700;

/** Which way the number just went. */
export type Change = 'up' | 'down' | null;

/**
 * Answers a change of the number once: a colour that goes away by itself, and a short swell of `ref`'s element unless
 * the person asked for less motion.
 *
 * The first number, and the first one of another account, are no changes. 0 is a number like any other.
 */
export function useChange(account: string | null, amount: number | null, ref: RefObject<HTMLElement | null>): Change {
  const [change, setChange] = useState<Change>(null);
  const previous = useRef({ account, amount });
  useEffect(() => {
    const before = previous.current;
    previous.current = { account, amount };
    if (amount === null || before.amount === null || before.account !== account) {
      setChange(null);
      return;
    }
    if (amount === before.amount) return;
    setChange(amount > before.amount ? 'up' : 'down');
    swell(ref.current);
    const timer = setTimeout(() => setChange(null), CHANGE_MS);
    return () => clearTimeout(timer);
  }, [account, amount, ref]);
  return change;
}

function swell(element: HTMLElement | null): void {
  if (element === null || window.matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  element.animate?.([{ scale: 1 }, { scale: 1.06, offset: 0.3 }, { scale: 1 }], {
    duration: 450,
    easing: 'cubic-bezier(0.2, 0.8, 0.2, 1)',
  });
}
