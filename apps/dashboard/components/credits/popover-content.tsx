'use client';
import { Popover as PopoverPrimitive } from 'radix-ui';
import type { ComponentProps } from 'react';

import { useOverlay } from '@/components/credits/overlay';
import { cn } from '@/lib/utils';

/** The panel itself: loaded when somebody uses the page. */
export function LoadedPopoverContent({
  className,
  align = 'center',
  sideOffset = 8,
  ...props
}: ComponentProps<typeof PopoverPrimitive.Content>) {
  const { open, onOpenChange, trigger, contentId } = useOverlay();
  return (
    <PopoverPrimitive.Root open={open} onOpenChange={onOpenChange}>
      <PopoverPrimitive.Anchor virtualRef={trigger} />
      <PopoverPrimitive.Portal>
        <PopoverPrimitive.Content
          data-slot="popover-content"
          id={contentId}
          align={align}
          sideOffset={sideOffset}
          collisionPadding={12}
          className={cn(
            'z-50 w-72 rounded-lg border bg-popover p-4 text-popover-foreground shadow-xl shadow-black/10 outline-none data-[state=open]:animate-in data-[state=open]:fade-in-0 data-[state=open]:zoom-in-97 data-[state=closed]:animate-out data-[state=closed]:fade-out-0 dark:shadow-black/40',
            className,
          )}
          // A press of the trigger is the trigger's own business.
          onInteractOutside={(event) => {
            if (event.target instanceof Node && trigger.current?.contains(event.target) === true)
              event.preventDefault();
          }}
          {...props}
        />
      </PopoverPrimitive.Portal>
    </PopoverPrimitive.Root>
  );
}
