'use client';

import { lazy, Suspense, type ComponentProps } from 'react';

const Header = lazy(() => import('@/components/Header'));

/** The header arrives in a bundle of its own, after the page that it belongs to. */
export function LazyHeader(props: ComponentProps<typeof Header>) {
  return (
    <Suspense fallback={<div className="h-[68px] border-b bg-card" />}>
      <Header {...props} />
    </Suspense>
  );
}
