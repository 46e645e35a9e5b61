'use client';
import { useId, type ReactNode } from 'react';

import { cn } from '@/lib/utils';
import { Label } from './label';

/** What a control must carry so that its label, hint and error are read out with it. */
export interface ControlProps {
  id: string;
  'aria-describedby': string | undefined;
  'aria-invalid': true | undefined;
}

interface FieldProps {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
  className?: string;
  children: (control: ControlProps) => ReactNode;
}

/** One labelled control. The error replaces the hint: nothing below it moves. */
export function Field({ label, hint, error, className, children }: FieldProps) {
  const id = useId();
  const note = error ?? hint;
  return (
    <div className={cn('grid content-start gap-2', className)}>
      <Label htmlFor={id}>{label}</Label>
      {children({
        id,
        'aria-describedby': note === undefined ? undefined : `${id}-note`,
        'aria-invalid': error === undefined ? undefined : true,
      })}
      {note === undefined ? null : (
        <p
          id={`${id}-note`}
          role={error === undefined ? undefined : 'alert'}
          className={cn('text-[0.8125rem]', error === undefined ? 'text-muted-foreground' : 'text-destructive')}
        >
          {note}
        </p>
      )}
    </div>
  );
}
