'use client';
import type { LucideIcon } from 'lucide-react';
import Link, { useLinkStatus } from 'next/link';
import { usePathname } from 'next/navigation';

import { findActive, toNavigation } from '@/components/shell/navigation';
import { cn } from '@/lib/utils';

interface SidebarProps {
  admin: boolean;
  demo: boolean;
  /** Called when a link is followed: closes the sheet on small screens. */
  onNavigate?: () => void;
}

/** The list of places, the same in the sidebar and in the sheet. */
export function SidebarNavigation({ admin, demo, onNavigate }: SidebarProps) {
  const groups = toNavigation({ admin, demo });
  const active = findActive(groups, usePathname());
  return (
    <nav aria-label="Main" className="grid gap-6 px-3">
      {groups.map((group) => (
        <div key={group.label ?? 'main'} className="grid gap-0.5">
          {group.label === null ? null : (
            <p className="px-3 pb-1.5 text-xs font-medium text-muted-foreground">{group.label}</p>
          )}
          {group.items.map(({ href, label, icon: Icon, isOtherSite }) => {
            const current = active?.href === href;
            const Anchor = isOtherSite === true ? 'a' : Link;
            return (
              <Anchor
                key={href}
                href={href}
                aria-current={current ? 'page' : undefined}
                {...(onNavigate === undefined ? {} : { onClick: onNavigate })}
                className={cn(
                  'flex h-9 items-center gap-3 rounded-md px-3 text-sm outline-none transition-colors focus-visible:ring-[3px] focus-visible:ring-ring/50',
                  current
                    ? 'bg-accent font-medium text-foreground'
                    : 'text-muted-foreground hover:bg-accent/60 hover:text-foreground',
                )}
              >
                {isOtherSite === true ? <Icon className={ICON} aria-hidden /> : <PlaceIcon icon={Icon} />}
                {label}
              </Anchor>
            );
          })}
        </div>
      ))}
    </nav>
  );
}

const ICON = 'size-4 shrink-0';

/** Pulses while its page is on the way: the page before stays until then, and a slow network needs an answer. */
function PlaceIcon({ icon: Icon }: { icon: LucideIcon }) {
  const { pending } = useLinkStatus();
  return (
    <Icon
      className={cn(ICON, pending && 'animate-pulse [animation-delay:150ms] motion-reduce:animate-none')}
      aria-hidden
    />
  );
}
