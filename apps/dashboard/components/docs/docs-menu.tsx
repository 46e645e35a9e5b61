'use client';
import { Menu } from 'lucide-react';
import { useState } from 'react';

import { Wordmark } from '@/components/brand/logo';
import { DocsNavigation } from '@/components/docs/docs-navigation';
import { Button } from '@/components/ui/button';
import { Dialog, DialogDescription, DialogTitle, DialogTrigger, SheetContent } from '@/components/ui/dialog';
import type { DocsGroup } from '@/lib/docs/document';

/** The documentation's pages on small screens. */
export function DocsMenu({ groups }: { groups: readonly DocsGroup[] }) {
  const [open, setOpen] = useState(false);
  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <DialogTrigger asChild>
        <Button variant="ghost" size="icon" className="-ml-2 lg:hidden" aria-label="Open menu">
          <Menu className="size-5" />
        </Button>
      </DialogTrigger>
      <SheetContent>
        <DialogTitle className="flex h-16 shrink-0 items-center px-6">
          <Wordmark />
        </DialogTitle>
        <DialogDescription className="sr-only">All pages of the documentation</DialogDescription>
        <div className="min-h-0 flex-1 overflow-y-auto pt-2 pb-8">
          <DocsNavigation groups={groups} onNavigate={() => setOpen(false)} />
        </div>
      </SheetContent>
    </Dialog>
  );
}
