import type { ReactNode } from 'react';

import { cn } from '@/lib/utils';

/** A picture for each type of the catalogue, drawn for this dashboard. */
const ART: Record<string, { from: string; to: string; picture: ReactNode }> = {
  minecraft: {
    from: '#9fd6e8',
    to: '#4f9bb8',
    picture: (
      <>
        <path d="M32 15 50 24.5 32 34 14 24.5Z" fill="#7cbf4b" />
        <path d="M32 15 41 19.75 32 24.5 23 19.75Z" fill="#93d65f" />
        <path d="M14 24.5 32 34V53L14 43.5Z" fill="#8a5a3b" />
        <path d="M50 24.5 32 34V53L50 43.5Z" fill="#6b432b" />
        <path d="M14 24.5 32 34V39.5L28 37.4V41L23 38.4V34.8L18 32.2V35L14 33Z" fill="#6cae3f" />
        <path d="M50 24.5 32 34V39.5L37 36.9V40L42 37.4V34.2L46 32.1V34.5L50 32.4Z" fill="#5a9634" />
      </>
    ),
  },
  rust: {
    from: '#f0a25c',
    to: '#a33d22',
    picture: (
      <>
        <path d="M13 47 49 56" stroke="#4a2417" strokeWidth="6" strokeLinecap="round" />
        <path d="M51 47 15 56" stroke="#6b3722" strokeWidth="6" strokeLinecap="round" />
        <path
          d="M33 8C35 18 48 23 48 35A16 15 0 0 1 16 35C16 28 20 25 21 19 25 21 26 24 26 27 31 23 34 16 33 8Z"
          fill="#ffd98a"
        />
        <path
          d="M33 24C34 30 41 32 41 39A9 9 0 0 1 23 39C23 34 28 32 28 28 31 30 32 32 32 34 33 31 34 28 33 24Z"
          fill="#f26b2b"
        />
      </>
    ),
  },
  voice: {
    from: '#b3a5f2',
    to: '#5a49b8',
    picture: (
      <>
        <path
          d="M18 14H46A8 8 0 0 1 54 22V36A8 8 0 0 1 46 44H34L23 53V44H18A8 8 0 0 1 10 36V22A8 8 0 0 1 18 14Z"
          fill="#f5f2ff"
        />
        <path
          d="M20 26V32M26 22V36M32 25V33M38 19V39M44 26V32"
          stroke="#5a49b8"
          strokeWidth="3.5"
          strokeLinecap="round"
        />
      </>
    ),
  },
};

const OTHER = {
  from: '#c9c4ba',
  to: '#77716a',
  picture: (
    <>
      <rect x="14" y="16" width="36" height="14" rx="4" fill="#f6f3ee" />
      <rect x="14" y="34" width="36" height="14" rx="4" fill="#f6f3ee" />
      <circle cx="21" cy="23" r="2.5" fill="#77716a" />
      <circle cx="21" cy="41" r="2.5" fill="#77716a" />
    </>
  ),
};

/** The picture of a type of server. The name stands beside it, so it says nothing by itself. */
export function GameArt({ type, className }: { type: string; className?: string }) {
  const { from, to, picture } = ART[type] ?? OTHER;
  return (
    <svg viewBox="0 0 64 64" fill="none" aria-hidden className={cn('size-11 shrink-0 rounded-lg', className)}>
      <rect width="64" height="64" fill={to} />
      <circle cx="22" cy="18" r="38" fill={from} opacity="0.75" />
      {picture}
    </svg>
  );
}
