import { cva, type VariantProps } from 'class-variance-authority';
import type { ComponentProps } from 'react';

import { cn } from '@/lib/utils';

const alertVariants = cva(
  'flex gap-3 rounded-lg border px-4 py-3 text-sm [&>svg]:mt-0.5 [&>svg]:size-4 [&>svg]:shrink-0',
  {
    variants: {
      variant: {
        default: 'bg-muted/60 text-foreground [&>svg]:text-muted-foreground',
        destructive: 'border-destructive/30 bg-destructive-soft text-destructive',
        success: 'border-success/30 bg-success-soft text-success',
        info: 'border-info/30 bg-info-soft text-info',
        credits: 'border-credits-border bg-credits-soft text-credits',
      },
    },
    defaultVariants: { variant: 'default' },
  },
);

/** A lasting message inside a page. With `role="alert"` for what has just gone wrong, `role="status"` for the rest. */
function Alert({ className, variant, ...props }: ComponentProps<'div'> & VariantProps<typeof alertVariants>) {
  return <div data-slot="alert" className={cn(alertVariants({ variant }), className)} {...props} />;
}

export { Alert };
