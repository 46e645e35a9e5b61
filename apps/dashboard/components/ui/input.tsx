import type { ComponentProps } from 'react';

import { cn } from '@/lib/utils';

const field =
  'w-full min-w-0 rounded-md border border-input bg-background text-base outline-none transition-[border-color,box-shadow] placeholder:text-muted-foreground/80 focus-visible:border-ring focus-visible:ring-[3px] focus-visible:ring-ring/35 disabled:cursor-not-allowed disabled:opacity-50 aria-invalid:border-destructive aria-invalid:ring-destructive/25 sm:text-sm';

function Input({ className, type = 'text', ...props }: ComponentProps<'input'>) {
  return <input data-slot="input" type={type} className={cn(field, 'h-10 px-3', className)} {...props} />;
}

function Textarea({ className, ...props }: ComponentProps<'textarea'>) {
  return <textarea data-slot="textarea" className={cn(field, 'min-h-20 px-3 py-2', className)} {...props} />;
}

export { Input, Textarea };
