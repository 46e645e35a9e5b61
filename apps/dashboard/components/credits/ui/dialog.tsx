'use client';
import type { Dialog as DialogPrimitive } from 'radix-ui';
import { X } from 'lucide-react';
import type { ComponentProps } from 'react';

import {
  ClickTrigger,
  loadLater,
  OverlayRoot as Dialog,
  useOverlay,
  type OverlayTriggerProps,
} from '@/components/credits/overlay';
import { cn } from '@/lib/utils';
import { Button } from './button';

const later = loadLater(() => import('./dialog-parts'));

/** What draws a dialog; null before it is loaded, when none is open either. */
function useParts(wanted = false) {
  return later.useLoaded(wanted)?.DialogParts ?? null;
}

function DialogTrigger(props: OverlayTriggerProps) {
  return <ClickTrigger data-slot="dialog-trigger" {...props} />;
}

function DialogClose(props: ComponentProps<typeof DialogPrimitive.Close>) {
  const Parts = useParts();
  return Parts === null ? null : <Parts.Close data-slot="dialog-close" {...props} />;
}

/** A dialog as such, over everything else: where it is and how it looks is said by its class. */
function DialogPanel({ children, ...props }: ComponentProps<typeof DialogPrimitive.Content>) {
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
          id={contentId}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            trigger.current?.focus();
          }}
          {...props}
        >
          {children}
          <DialogCross />
        </Parts.Content>
      </Parts.Portal>
    </Parts.Root>
  );
}

/** The cross in the corner. */
function DialogCross() {
  return (
    <DialogClose asChild>
      <Button
        variant="ghost"
        size="icon-sm"
        className="absolute top-3 right-3 text-muted-foreground"
        aria-label="Close"
      >
        <X />
      </Button>
    </DialogClose>
  );
}

function DialogContent({ className, ...props }: ComponentProps<typeof DialogPrimitive.Content>) {
  return (
    <DialogPanel
      data-slot="dialog-content"
      className={cn(
        'fixed top-1/2 left-1/2 z-50 grid max-h-[calc(100dvh-2rem)] w-[calc(100%-2rem)] max-w-lg -translate-1/2 gap-5 overflow-y-auto rounded-xl border bg-popover p-6 text-popover-foreground shadow-2xl outline-none data-[state=open]:animate-in data-[state=open]:fade-in-0 data-[state=open]:zoom-in-97',
        className,
      )}
      {...props}
    />
  );
}

function DialogHeader({ className, ...props }: ComponentProps<'div'>) {
  return <div data-slot="dialog-header" className={cn('grid gap-1.5 pr-8', className)} {...props} />;
}

function DialogFooter({ className, ...props }: ComponentProps<'div'>) {
  return (
    <div
      data-slot="dialog-footer"
      className={cn('flex flex-col-reverse gap-2 sm:flex-row sm:justify-end', className)}
      {...props}
    />
  );
}

function DialogTitle({ className, ...props }: ComponentProps<typeof DialogPrimitive.Title>) {
  const Parts = useParts();
  if (Parts === null) return null;
  return <Parts.Title data-slot="dialog-title" className={cn('text-lg font-semibold', className)} {...props} />;
}

function DialogDescription({ className, ...props }: ComponentProps<typeof DialogPrimitive.Description>) {
  const Parts = useParts();
  if (Parts === null) return null;
  return (
    <Parts.Description
      data-slot="dialog-description"
      className={cn('text-sm text-muted-foreground', className)}
      {...props}
    />
  );
}

export {
  Dialog,
  DialogClose,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogPanel,
  DialogTitle,
  DialogTrigger,
};
