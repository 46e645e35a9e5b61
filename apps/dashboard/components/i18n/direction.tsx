'use client';
import { Direction } from 'radix-ui';
import type { ReactNode } from 'react';

/** Menus, tabs and the like follow the arrow keys of the reader's direction. */
export function DirectionProvider({ dir, children }: { dir: 'ltr' | 'rtl'; children: ReactNode }) {
  return <Direction.Provider dir={dir}>{children}</Direction.Provider>;
}
