'use client';
import { Menu } from 'lucide-react';
import { useState } from 'react';

import { Wordmark } from '@/components/brand/logo';
import { SidebarNavigation } from '@/components/shell/sidebar';
import { Button } from '@/components/ui/button';
import { Dialog, DialogDescription, DialogTitle, DialogTrigger, SheetContent } from '@/components/ui/dialog';

/** The navigation of small screens. */
export function MobileMenu({ admin, demo }: { admin: boolean; demo: boolean }) {
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
        <DialogDescription className="sr-only">All pages of the dashboard</DialogDescription>
        <div className="min-h-0 flex-1 overflow-y-auto pt-2 pb-8">
          <SidebarNavigation admin={admin} demo={demo} onNavigate={() => setOpen(false)} />
        </div>
      </SheetContent>
    </Dialog>
  );
}
