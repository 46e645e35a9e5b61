import { LoaderCircle } from 'lucide-react';
import type { ComponentProps } from 'react';

import { cn } from '@/lib/utils';
import { Button } from './button';
import { WORDS } from './words';

/** Keeps its width and its focus while it works: the label stays in place under the spinner. */
export function SubmitButton({
  pending,
  children,
  className,
  disabled,
  onClick,
  ...props
}: ComponentProps<typeof Button> & { pending: boolean }) {
  return (
    <Button
      type="submit"
      aria-disabled={pending || disabled === true}
      aria-busy={pending}
      className={cn('relative', className)}
      {...props}
      onClick={(event) => {
        // Not `disabled`: a disabled button drops the keyboard's focus in the middle of what a person does.
        if (pending || disabled === true) event.preventDefault();
        else onClick?.(event);
      }}
    >
      <span className={cn('flex items-center gap-2', pending && 'invisible')}>{children}</span>
      {pending ? <LoaderCircle className="absolute animate-spin" aria-hidden /> : null}
      {pending ? <span className="sr-only">{WORDS.working}</span> : null}
    </Button>
  );
}
