'use client';
import type { Menu as MenuPrimitive } from 'radix-ui/internal';
import { useRef, type ComponentProps } from 'react';

import {
  loadLater,
  OverlayRoot as DropdownMenu,
  OverlayTrigger,
  useOverlay,
  type OverlayTriggerProps,
} from '@/components/credits/overlay';
import { cn } from '@/lib/utils';

const later = loadLater(() => import('./menu-parts'));

/** What draws a menu; null before it is loaded, when none is open either. */
function useParts(wanted = false) {
  return later.useLoaded(wanted)?.MenuParts ?? null;
}

const item =
  "relative flex items-center gap-2.5 rounded-sm px-2.5 py-2 text-sm outline-none select-none focus:bg-accent focus:text-accent-foreground data-disabled:pointer-events-none data-disabled:opacity-50 [&_svg]:pointer-events-none [&_svg]:shrink-0 [&_svg]:text-muted-foreground [&_svg:not([class*='size-'])]:size-4";

const OPENING_KEYS = ['Enter', ' ', 'ArrowDown'];

/** As menus do: opens as soon as it is pressed, and with the arrow that leads into it. */
function DropdownMenuTrigger(props: OverlayTriggerProps) {
  const { open, onOpenChange, triggerId } = useOverlay();
  return (
    <OverlayTrigger
      opens="menu"
      id={triggerId}
      data-slot="dropdown-menu-trigger"
      onPointerDown={(event) => {
        if (event.button !== 0 || event.ctrlKey) return;
        onOpenChange(!open);
        // The focus goes to the menu.
        if (!open) event.preventDefault();
      }}
      onKeyDown={(event) => {
        if (!OPENING_KEYS.includes(event.key)) return;
        onOpenChange(event.key === 'ArrowDown' || !open);
        event.preventDefault();
      }}
      {...props}
    />
  );
}

/** Not modal: the page goes on scrolling, so nothing of it moves when the menu opens. */
function DropdownMenuContent({ className, sideOffset = 8, ...props }: ComponentProps<typeof MenuPrimitive.Content>) {
  const { open, onOpenChange, trigger, triggerId, contentId } = useOverlay();
  const leftByPress = useRef(false);
  const Parts = useParts(open);
  if (Parts === null) return null;
  return (
    <Parts.Root open={open} onOpenChange={onOpenChange} modal={false}>
      <Parts.Anchor virtualRef={trigger} />
      <Parts.Portal>
        <Parts.Content
          data-slot="dropdown-menu-content"
          id={contentId}
          aria-labelledby={triggerId}
          sideOffset={sideOffset}
          collisionPadding={12}
          className={cn(
            'z-50 max-h-(--radix-popper-available-height) min-w-48 overflow-x-hidden overflow-y-auto rounded-lg border bg-popover p-1.5 text-popover-foreground shadow-xl shadow-black/10 data-[state=open]:animate-in data-[state=open]:fade-in-0 data-[state=open]:zoom-in-97 data-[state=closed]:animate-out data-[state=closed]:fade-out-0 dark:shadow-black/40',
            className,
          )}
          onInteractOutside={() => {
            leftByPress.current = true;
          }}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            // Who pressed elsewhere is where they want to be.
            if (!leftByPress.current) trigger.current?.focus();
            leftByPress.current = false;
          }}
          {...props}
        />
      </Parts.Portal>
    </Parts.Root>
  );
}

function DropdownMenuItem({ className, ...props }: ComponentProps<typeof MenuPrimitive.Item>) {
  const Parts = useParts();
  if (Parts === null) return null;
  return <Parts.Item data-slot="dropdown-menu-item" className={cn(item, className)} {...props} />;
}

function DropdownMenuLabel({ className, ...props }: ComponentProps<typeof MenuPrimitive.Label>) {
  const Parts = useParts();
  if (Parts === null) return null;
  return (
    <Parts.Label
      data-slot="dropdown-menu-label"
      className={cn('px-2.5 py-2 text-sm font-medium', className)}
      {...props}
    />
  );
}

function DropdownMenuSeparator({ className, ...props }: ComponentProps<typeof MenuPrimitive.Separator>) {
  const Parts = useParts();
  if (Parts === null) return null;
  return <Parts.Separator className={cn('-mx-1.5 my-1.5 h-px bg-border', className)} {...props} />;
}

export {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
};
