'use client';

import Link from 'next/link';
import { AccountMenu } from '@/components/AccountMenu';
import CreditsDisplay from '@/components/CreditsDisplay';
import { ThemeButton } from '@/components/ThemeButton';

export default function Header({ title, subtitle }: { title: string; subtitle?: string }) {
  return (
    <header className="flex items-center gap-4 border-b bg-card px-4 py-3 sm:px-8">
      <Link href="/" className="hidden font-bold tracking-tight md:block">
        legacy.host
      </Link>
      <div className="min-w-0 flex-1 md:border-l md:pl-4">
        <h1 className="truncate font-semibold">{title}</h1>
        {subtitle !== undefined && <p className="truncate text-sm text-muted-foreground">{subtitle}</p>}
      </div>
      <CreditsDisplay variant="prominent" size="md" className="hidden sm:flex" />
      <ThemeButton />
      <AccountMenu />
    </header>
  );
}
