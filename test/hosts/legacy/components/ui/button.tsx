import type { ComponentProps } from 'react';
import { cn } from '@/lib/utils';

const LOOK = {
  default: 'bg-primary text-primary-foreground hover:opacity-90',
  outline: 'border border-input hover:bg-accent hover:text-accent-foreground',
  ghost: 'hover:bg-accent hover:text-accent-foreground',
};

export function Button({
  variant = 'default',
  className,
  ...props
}: ComponentProps<'button'> & { variant?: keyof typeof LOOK }) {
  return (
    <button
      type="button"
      {...props}
      className={cn(
        'flex h-9 items-center justify-center gap-2 rounded-md px-4 text-sm font-medium whitespace-nowrap outline-none focus-visible:ring-[3px] focus-visible:ring-ring/60 disabled:opacity-50',
        LOOK[variant],
        className,
      )}
    />
  );
}
