'use client';
import { CircleCheck, CircleX, Info, TriangleAlert } from 'lucide-react';
import { useTheme } from 'next-themes';
import { useEffect } from 'react';
import { toast, Toaster as Sonner } from 'sonner';

import { takeToasts, type ShownToast } from '@/lib/toast';

/** Draws the toasts. What is to be shown comes one after the other, also what was said before this was loaded. */
export function Toasts({ waiting }: { waiting: readonly ShownToast[] }) {
  const { resolvedTheme } = useTheme();
  // After the effect of the part that draws, which listens from then on.
  useEffect(() => {
    if (waiting.length === 0) return;
    for (const { kind, title, ...options } of takeToasts()) toast[kind](title, options);
  }, [waiting]);
  return (
    <Sonner
      theme={resolvedTheme === 'light' ? 'light' : 'dark'}
      position="bottom-right"
      duration={5_000}
      closeButton
      icons={{
        success: <CircleCheck className="size-4 text-success" />,
        error: <CircleX className="size-4 text-destructive" />,
        info: <Info className="size-4 text-info" />,
        warning: <TriangleAlert className="size-4 text-muted-foreground" />,
      }}
      toastOptions={{
        classNames: {
          toast: '!rounded-lg !border-border !bg-popover !text-popover-foreground !font-sans !shadow-xl',
          description: '!text-muted-foreground',
          closeButton: '!bg-popover !border-border !text-muted-foreground',
        },
      }}
    />
  );
}
