import type { ComponentProps } from 'react';

export function Field({ label, ...props }: ComponentProps<'input'> & { label: string }) {
  return (
    <label className="flex flex-col gap-1 text-sm">
      <span className="text-muted-foreground">{label}</span>
      <input
        {...props}
        className="h-9 rounded-md border border-input bg-background px-3 outline-none focus-visible:ring-[3px] focus-visible:ring-ring/60"
      />
    </label>
  );
}
