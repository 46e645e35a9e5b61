'use client';
import { Menu } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState, type ReactNode } from 'react';

import { Wordmark } from '@/components/brand/logo';
import { Button } from '@/components/ui/button';
import { Dialog, DialogDescription, DialogTitle, DialogTrigger, SheetContent } from '@/components/ui/dialog';

export interface MenuSheetProps {
  /** What is in it, for screen readers. */
  description: string;
  /** The navigation; it closes the sheet when somebody has chosen. */
  children: (close: () => void) => ReactNode;
}

/** Where small screens have their navigation: behind a button in the header. */
export function MenuSheet({ description, children }: MenuSheetProps) {
  const t = useTranslations('shell.menu');
  const [open, setOpen] = useState(false);
  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <DialogTrigger asChild>
        <Button variant="ghost" size="icon" className="-ms-2 lg:hidden" aria-label={t('open')}>
          <Menu className="size-5" />
        </Button>
      </DialogTrigger>
      <SheetContent>
        <DialogTitle className="flex h-16 shrink-0 items-center px-6">
          <Wordmark />
        </DialogTitle>
        <DialogDescription className="sr-only">{description}</DialogDescription>
        <div className="min-h-0 flex-1 overflow-y-auto pt-2 pb-8">{children(() => setOpen(false))}</div>
      </SheetContent>
    </Dialog>
  );
}
