'use client';

import Link from 'next/link';
import CreditsDisplay from '@/components/CreditsDisplay';
import { ThemeButton } from '@/components/ThemeButton';

export function AdminTopbar({ title }: { title: string }) {
  return (
    <header className="flex items-center gap-4 border-b bg-card px-4 py-3 sm:px-8">
      <Link href="/" className="text-sm text-muted-foreground hover:text-foreground">
        Back
      </Link>
      <h1 className="min-w-0 flex-1 truncate font-semibold">{title}</h1>
      <CreditsDisplay variant="compact" size="sm" className="hidden sm:flex" />
      <ThemeButton />
    </header>
  );
}
