import type { ReactNode } from 'react';

import { cn } from '@/lib/utils';

interface ChoiceProps {
  /** The group's name: the keyboard's arrows move within it. */
  name: string;
  value: string;
  checked: boolean;
  onSelect: (value: string) => void;
  disabled?: boolean;
  className?: string;
  children: ReactNode;
}

/** One of several cards to choose from: a native radio button, drawn as a card. */
export function Choice({ name, value, checked, onSelect, disabled = false, className, children }: ChoiceProps) {
  return (
    <label
      className={cn(
        'relative flex min-w-0 cursor-pointer flex-col gap-1 rounded-lg border bg-card px-4 py-3.5 text-sm transition-colors hover:border-input hover:bg-accent/40',
        'has-checked:border-foreground has-checked:bg-accent/50 has-focus-visible:ring-[3px] has-focus-visible:ring-ring/50',
        'has-disabled:cursor-not-allowed has-disabled:bg-transparent has-disabled:text-muted-foreground',
        className,
      )}
    >
      <input
        type="radio"
        name={name}
        value={value}
        checked={checked}
        disabled={disabled}
        onChange={() => onSelect(value)}
        className="sr-only"
      />
      {children}
    </label>
  );
}

/** A numbered part of a longer form. */
export function Step({
  number,
  title,
  hint,
  children,
}: {
  number: number;
  title: string;
  hint?: string;
  children: ReactNode;
}) {
  return (
    <fieldset className="min-w-0">
      <legend className="mb-4 flex items-baseline gap-3">
        <span aria-hidden className="w-4 text-sm text-muted-foreground tabular-nums">
          {number}
        </span>
        <span className="font-semibold">{title}</span>
        {hint === undefined ? null : <span className="text-sm text-muted-foreground">{hint}</span>}
      </legend>
      <div className="sm:ps-7">{children}</div>
    </fieldset>
  );
}
