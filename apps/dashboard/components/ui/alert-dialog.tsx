'use client';
import type { AlertDialog as AlertDialogPrimitive } from 'radix-ui';
import type { ComponentProps } from 'react';

import {
  ClickTrigger,
  loadLater,
  OverlayRoot as AlertDialog,
  useOverlay,
  type OverlayTriggerProps,
} from '@/components/credits/overlay';
import { buttonVariants } from '@/components/ui/button';
import { cn } from '@/lib/utils';

const later = loadLater(() => import('./alert-dialog-parts'));

/** What draws an alert dialog; null before it is loaded, when none is open either. */
function useParts(wanted = false) {
  return later.useLoaded(wanted)?.AlertDialogParts ?? null;
}

function AlertDialogTrigger(props: OverlayTriggerProps) {
  return <ClickTrigger data-slot="alert-dialog-trigger" {...props} />;
}

function AlertDialogContent({ className, ...props }: ComponentProps<typeof AlertDialogPrimitive.Content>) {
  const { open, onOpenChange, trigger, contentId } = useOverlay();
  const Parts = useParts(open);
  if (Parts === null) return null;
  return (
    <Parts.Root open={open} onOpenChange={onOpenChange}>
      <Parts.Portal>
        <Parts.Overlay
          data-slot="overlay"
          className="fixed inset-0 z-50 bg-overlay data-[state=open]:animate-in data-[state=open]:fade-in-0 data-[state=closed]:animate-out data-[state=closed]:fade-out-0"
        />
        <Parts.Content
          data-slot="alert-dialog-content"
          id={contentId}
          className={cn(
            'fixed top-1/2 left-1/2 z-50 grid w-[calc(100%-2rem)] max-w-md -translate-1/2 gap-6 rounded-xl border bg-popover p-6 text-popover-foreground shadow-2xl outline-none data-[state=open]:animate-in data-[state=open]:fade-in-0 data-[state=open]:zoom-in-97',
            className,
          )}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            trigger.current?.focus();
          }}
          {...props}
        />
      </Parts.Portal>
    </Parts.Root>
  );
}

function AlertDialogTitle({ className, ...props }: ComponentProps<typeof AlertDialogPrimitive.Title>) {
  const Parts = useParts();
  if (Parts === null) return null;
  return <Parts.Title className={cn('text-lg font-semibold', className)} {...props} />;
}

function AlertDialogDescription({ className, ...props }: ComponentProps<typeof AlertDialogPrimitive.Description>) {
  const Parts = useParts();
  if (Parts === null) return null;
  return <Parts.Description className={cn('mt-1.5 text-sm text-muted-foreground', className)} {...props} />;
}

function AlertDialogFooter({ className, ...props }: ComponentProps<'div'>) {
  return <div className={cn('flex flex-col-reverse gap-2 sm:flex-row sm:justify-end', className)} {...props} />;
}

function AlertDialogCancel({ className, ...props }: ComponentProps<typeof AlertDialogPrimitive.Cancel>) {
  const Parts = useParts();
  if (Parts === null) return null;
  return <Parts.Cancel className={cn(buttonVariants({ variant: 'outline' }), className)} {...props} />;
}

function AlertDialogAction({ className, ...props }: ComponentProps<typeof AlertDialogPrimitive.Action>) {
  const Parts = useParts();
  if (Parts === null) return null;
  return <Parts.Action className={cn(buttonVariants({ variant: 'destructive' }), className)} {...props} />;
}

export {
  AlertDialog,
  AlertDialogAction,
  AlertDialogCancel,
  AlertDialogContent,
  AlertDialogDescription,
  AlertDialogFooter,
  AlertDialogTitle,
  AlertDialogTrigger,
};
