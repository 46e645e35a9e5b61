'use client';
import { Search } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { lazy, Suspense, useEffect, useState } from 'react';

import { Button } from '@/components/ui/button';

// Loaded when it is first opened.
const Palette = lazy(() => import('@/components/palette/palette'));

/** Opens the list of everything one can go to, also by Ctrl+K (⌘K on a Mac). */
export function PaletteButton({ admin, demo }: { admin: boolean; demo: boolean }) {
  const t = useTranslations('shell.palette');
  const [state, setState] = useState<'new' | 'open' | 'closed'>('new');

  useEffect(() => {
    const handleKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey)
        return;
      event.preventDefault();
      setState((before) => (before === 'open' ? 'closed' : 'open'));
    };
    document.addEventListener('keydown', handleKey);
    return () => document.removeEventListener('keydown', handleKey);
  }, []);

  return (
    <>
      <Button
        variant="outline"
        className="gap-2 text-muted-foreground max-md:size-9 max-md:border-transparent max-md:bg-transparent max-md:p-0 max-md:shadow-none max-[22rem]:hidden"
        aria-haspopup="dialog"
        aria-keyshortcuts="Control+K Meta+K"
        onClick={() => setState('open')}
      >
        <Search /> <span className="max-md:sr-only">{t('search')}</span>
        <kbd className="hidden rounded border bg-muted px-1.5 font-sans text-xs lg:inline">Ctrl K</kbd>
      </Button>
      {state === 'new' ? null : (
        <Suspense fallback={null}>
          <Palette
            admin={admin}
            demo={demo}
            open={state === 'open'}
            onOpenChange={(open) => setState(open ? 'open' : 'closed')}
          />
        </Suspense>
      )}
    </>
  );
}
