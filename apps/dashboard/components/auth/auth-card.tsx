import type { ReactNode } from 'react';

interface AuthCardProps {
  title: string;
  description: ReactNode;
  children: ReactNode;
  footer: ReactNode;
}

/** The frame that signing in and signing up share. */
export function AuthCard({ title, description, children, footer }: AuthCardProps) {
  return (
    <div className="w-full max-w-sm">
      <h1 className="text-2xl font-semibold tracking-tight">{title}</h1>
      <p className="mt-2 text-sm text-muted-foreground">{description}</p>
      <div className="mt-8">{children}</div>
      <p className="mt-8 text-sm text-muted-foreground">{footer}</p>
    </div>
  );
}
