import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

import { cn } from '@/lib/utils';

interface EmptyStateProps {
  icon: LucideIcon;
  title: string;
  children?: ReactNode;
  /** What to do about it. */
  action?: ReactNode;
  className?: string;
}

/** What a list says while there is nothing in it: what would be here, and how to get it. */
export function EmptyState({ icon: Icon, title, children, action, className }: EmptyStateProps) {
  return (
    <div className={cn('flex flex-col items-center px-6 py-12 text-center', className)}>
      <span className="flex size-11 items-center justify-center rounded-full border bg-muted/50">
        <Icon className="size-5 text-muted-foreground" aria-hidden />
      </span>
      <p className="mt-4 font-medium">{title}</p>
      {children === undefined ? null : (
        <p className="mt-1 max-w-sm text-sm text-balance text-muted-foreground">{children}</p>
      )}
      {action === undefined ? null : <div className="mt-5">{action}</div>}
    </div>
  );
}
