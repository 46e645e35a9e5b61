'use client';
import type { ComponentProps } from 'react';

import { DialogPanel } from '@/components/credits/ui/dialog';
import { cn } from '@/lib/utils';

export { Dialog, DialogDescription, DialogTitle, DialogTrigger } from '@/components/credits/ui/dialog';

/** The same dialog, drawn as a drawer from the left: the navigation of small screens. */
function SheetContent({ className, ...props }: ComponentProps<typeof DialogPanel>) {
  return (
    <DialogPanel
      data-slot="sheet-content"
      className={cn(
        'fixed inset-y-0 left-0 z-50 flex w-72 max-w-[85vw] flex-col border-r bg-sidebar text-foreground shadow-2xl outline-none data-[state=open]:animate-in data-[state=open]:slide-in-from-left data-[state=closed]:animate-out data-[state=closed]:slide-out-to-left',
        className,
      )}
      {...props}
    />
  );
}

export { SheetContent };
