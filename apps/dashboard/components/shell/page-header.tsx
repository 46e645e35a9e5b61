import type { ReactNode } from 'react';

interface PageHeaderProps {
  title: string;
  children?: ReactNode;
  /** Buttons at the end of the line. */
  actions?: ReactNode;
}

/** The first line of every page: its only `h1`, one sentence, and what can be done here. */
export function PageHeader({ title, children, actions }: PageHeaderProps) {
  return (
    <header className="flex flex-wrap items-end justify-between gap-x-6 gap-y-4">
      <div className="grid gap-1.5">
        <h1 className="text-2xl leading-tight font-semibold tracking-tight text-balance">{title}</h1>
        {children === undefined ? null : <p className="max-w-2xl text-sm text-muted-foreground">{children}</p>}
      </div>
      {actions === undefined ? null : <div className="flex flex-wrap items-center gap-3">{actions}</div>}
    </header>
  );
}
