'use client';

import { useToasts } from '@/lib/toast';

export function Toasts() {
  const toasts = useToasts((state) => state.toasts);
  return (
    <div role="status" className="pointer-events-none fixed right-4 bottom-4 z-50 flex flex-col gap-2">
      {toasts.map(({ id, kind, text }) => (
        <p
          key={id}
          data-toast={kind}
          className={`max-w-80 rounded-lg border bg-popover px-4 py-2 text-sm shadow-md ${
            kind === 'error' ? 'border-destructive/50 text-destructive' : 'text-popover-foreground'
          }`}
        >
          {text}
        </p>
      ))}
    </div>
  );
}
