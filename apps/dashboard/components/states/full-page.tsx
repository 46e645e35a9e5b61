import type { ReactNode } from 'react';

import { LogoMark } from '@/components/brand/logo';

interface FullPageProps {
  /** A short sign above the title, such as the status. */
  sign: string;
  title: string;
  children: ReactNode;
  action: ReactNode;
}

/** A page that has only one thing to say. */
export function FullPage({ sign, title, children, action }: FullPageProps) {
  return (
    <div className="flex min-h-[70dvh] flex-col items-center justify-center px-6 py-16 text-center">
      <LogoMark className="size-10" />
      <p className="mt-6 text-sm text-muted-foreground tabular-nums">{sign}</p>
      <h1 className="mt-1 text-2xl font-semibold tracking-tight text-balance">{title}</h1>
      <div className="mt-2 max-w-md text-sm text-balance text-muted-foreground">{children}</div>
      <div className="mt-7 flex flex-wrap justify-center gap-2">{action}</div>
    </div>
  );
}
