import type { ReactNode } from 'react';
import { LazyHeader } from '@/components/LazyComponents';

export function Page({ title, subtitle, children }: { title: string; subtitle?: string; children: ReactNode }) {
  return (
    <>
      <LazyHeader title={title} {...(subtitle === undefined ? {} : { subtitle })} />
      <main className="mx-auto grid w-full max-w-4xl gap-4 p-4 sm:p-8 md:grid-cols-2">{children}</main>
    </>
  );
}
