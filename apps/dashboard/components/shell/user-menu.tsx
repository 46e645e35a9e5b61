'use client';
import { ChevronDown, LogOut, Settings } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';

import CreditsDisplay from '@/components/CreditsDisplay';
import { signOut } from '@/components/shell/sign-out';
import { Avatar } from '@/components/ui/avatar';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '@/components/ui/dropdown-menu';

interface UserMenuProps {
  name: string;
  email: string;
  username: string;
  admin: boolean;
}

/** Who is signed in. On phones its label also shows the balance, with its name. */
export function UserMenu({ name, email, username, admin }: UserMenuProps) {
  const t = useTranslations('shell');
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button variant="ghost" className="gap-2 px-1.5 sm:pe-2.5" aria-label={t('account.label', { name })}>
          <Avatar name={name} />
          <ChevronDown className="hidden text-muted-foreground sm:block" />
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end" className="w-72">
        <DropdownMenuLabel>
          <div className="flex items-center gap-3">
            <Avatar name={name} className="size-10 text-sm" />
            <div className="min-w-0 flex-1">
              <p className="flex items-center gap-2">
                <span className="truncate">{name}</span>
                {admin ? <Badge>{t('account.admin')}</Badge> : null}
              </p>
              <p className="truncate text-[0.8125rem] font-normal text-muted-foreground" title={email}>
                <bdi>@{username}</bdi>
              </p>
            </div>
          </div>
          <div className="mt-3 sm:hidden">
            <CreditsDisplay variant="compact" size="sm" showLabel={true} activityHref="/activity" />
          </div>
        </DropdownMenuLabel>
        <DropdownMenuSeparator />
        <DropdownMenuItem asChild>
          <Link href="/settings">
            <Settings /> {t('navigation.settings')}
          </Link>
        </DropdownMenuItem>
        <DropdownMenuItem onSelect={() => void signOut(t)}>
          <LogOut /> {t('account.signOut')}
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
