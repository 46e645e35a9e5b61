'use client';
import type { Popover as PopoverPrimitive } from 'radix-ui';
import type { ComponentProps } from 'react';

import {
  ClickTrigger,
  loadLater,
  OverlayRoot,
  useOverlay,
  type OverlayTriggerProps,
} from '@/components/credits/overlay';

const later = loadLater(() => import('@/components/credits/popover-content'));

function PopoverTrigger(props: OverlayTriggerProps) {
  return <ClickTrigger data-slot="popover-trigger" {...props} />;
}

function PopoverContent(props: ComponentProps<typeof PopoverPrimitive.Content>) {
  const { open } = useOverlay();
  const Loaded = later.useLoaded(open)?.LoadedPopoverContent;
  return Loaded === undefined ? null : <Loaded {...props} />;
}

export { OverlayRoot as Popover, PopoverContent, PopoverTrigger };
