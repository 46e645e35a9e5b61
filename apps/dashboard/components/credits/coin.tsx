import type { ComponentProps } from 'react';

import { COIN } from '@/components/credits/branding';

/** What is stamped on the coin, clear at 14 pixels. */
const STAMPS = {
  diamond: 'M12 7 16 12 12 17 8 12Z',
  star: 'M12 6.6 13.6 10.2 17.4 10.6 14.5 13.1 15.4 16.9 12 14.9 8.6 16.9 9.5 13.1 6.6 10.6 10.4 10.2Z',
  bolt: 'M13.2 6.2 7.8 13H11.2L10.6 17.8 16.2 10.8H12.6Z',
  hexagon: 'M12 6.8 16.5 9.4V14.6L12 17.2 7.5 14.6V9.4Z',
} as const;

/** A coin: the mark of the unit. */
export function Coin(props: ComponentProps<'svg'>) {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth={2.25} aria-hidden {...props}>
      <circle cx={12} cy={12} r={9.5} />
      <path d={STAMPS[COIN]} fill="currentColor" strokeWidth={1} strokeLinejoin="round" />
    </svg>
  );
}
