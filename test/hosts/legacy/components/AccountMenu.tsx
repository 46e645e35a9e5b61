'use client';

import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { CircleUser } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import CreditsDisplay from '@/components/CreditsDisplay';
import { useAuthStore } from '@/stores/user-store';

const LINKS = [
  ['/earn', 'Earn'],
  ['/referral', 'Referrals'],
  ['/transfers', 'Transfers'],
  ['/settings', 'Settings'],
  ['/login', 'Switch account'],
] as const;
const ITEM = 'rounded-sm px-2 py-1.5 outline-none data-highlighted:bg-accent data-highlighted:text-accent-foreground';

/** The second display of the page: mounted only while the menu is open. */
export function AccountMenu() {
  const router = useRouter();
  const { currentUser, logout } = useAuthStore();
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger
        aria-label="Account"
        className="grid size-9 shrink-0 place-items-center rounded-full outline-none hover:bg-accent focus-visible:ring-[3px] focus-visible:ring-ring/60"
      >
        <CircleUser aria-hidden className="size-6" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          sideOffset={6}
          className="z-40 flex w-56 flex-col rounded-md border bg-popover p-1 text-sm text-popover-foreground shadow-md"
        >
          <DropdownMenu.Label className="px-2 py-1.5">
            <span className="block font-medium">{currentUser?.username ?? 'Not signed in'}</span>
            <span className="block truncate text-xs text-muted-foreground">{currentUser?.email}</span>
            <div className="mt-3 sm:hidden">
              <CreditsDisplay variant="compact" size="sm" showLabel={true} />
            </div>
          </DropdownMenu.Label>
          <DropdownMenu.Separator className="my-1 h-px bg-border" />
          {LINKS.map(([href, name]) => (
            <DropdownMenu.Item key={href} asChild className={ITEM}>
              <Link href={href}>{name}</Link>
            </DropdownMenu.Item>
          ))}
          <DropdownMenu.Item
            className={ITEM}
            onSelect={() => {
              void logout();
              router.push('/login');
            }}
          >
            Sign out
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
