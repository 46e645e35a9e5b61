import type { ComponentProps } from 'react';

/** A coin: the mark of credits, drawn to be clear at 14 pixels. */
export function Coin(props: ComponentProps<'svg'>) {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth={2.25} aria-hidden {...props}>
      <circle cx={12} cy={12} r={9.5} />
      <path d="M12 7 16 12 12 17 8 12Z" fill="currentColor" strokeWidth={1} strokeLinejoin="round" />
    </svg>
  );
}
