'use client';
import { Dialog as DialogPrimitive } from 'radix-ui';
import type { ComponentProps } from 'react';

import { DialogCross, DialogOverlay } from '@/components/credits/ui/dialog';
import { cn } from '@/lib/utils';

export { Dialog, DialogDescription, DialogTitle, DialogTrigger } from '@/components/credits/ui/dialog';

/** The same dialog, drawn as a drawer from the left: the navigation of small screens. */
function SheetContent({ className, children, ...props }: ComponentProps<typeof DialogPrimitive.Content>) {
  return (
    <DialogPrimitive.Portal>
      <DialogOverlay />
      <DialogPrimitive.Content
        data-slot="sheet-content"
        className={cn(
          'fixed inset-y-0 start-0 z-50 flex w-72 max-w-[85vw] flex-col border-e bg-sidebar text-foreground shadow-2xl outline-none data-[state=open]:animate-in data-[state=open]:slide-in-from-left rtl:data-[state=open]:slide-in-from-right data-[state=closed]:animate-out data-[state=closed]:slide-out-to-left rtl:data-[state=closed]:slide-out-to-right',
          className,
        )}
        {...props}
      >
        {children}
        <DialogCross />
      </DialogPrimitive.Content>
    </DialogPrimitive.Portal>
  );
}

export { SheetContent };
