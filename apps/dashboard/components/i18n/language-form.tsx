'use client';
import type { FormEvent, ReactNode } from 'react';

interface LanguageFormProps {
  label: string;
  className: string;
  children: ReactNode;
}

/** Comes back to the whole address, also to what is behind its `#`: links that were sent have their token there. */
export function LanguageForm({ label, className, children }: LanguageFormProps) {
  function handleSubmit({ nativeEvent }: FormEvent) {
    const button = (nativeEvent as SubmitEvent).submitter;
    if (!(button instanceof HTMLButtonElement)) return;
    const { pathname, search, hash } = window.location;
    const target = new URL(button.formAction);
    target.searchParams.set('next', pathname + search);
    target.hash = hash;
    button.formAction = target.href;
  }

  return (
    <form method="post" onSubmit={handleSubmit} aria-label={label} className={className}>
      {children}
    </form>
  );
}
