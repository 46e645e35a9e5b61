'use client';
import { Command } from 'cmdk';
import { ListOrdered, LogOut, SunMoon, User, type LucideIcon } from 'lucide-react';
import { useTheme } from 'next-themes';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';

import { Dialog, DialogContent, DialogDescription, DialogTitle } from '@/components/credits/ui/dialog';
import { send } from '@/components/credits/send';
import { toNavigation, type NavigationItem } from '@/components/shell/navigation';
import { signOut } from '@/components/shell/sign-out';
import type { AdminUser, AdminUsersAnswer } from '@/lib/admin-api';
import { formatCredits } from '@/lib/format';

interface PaletteProps {
  admin: boolean;
  demo: boolean;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** The reference that people find on the page of a change, and tell an administrator. */
const TRANSFER_ID = /^tr_[0-9a-z_]+$/;

/** Pages, actions and, for administrators, users and transactions: found by a few letters, opened by Enter. */
export default function Palette({ admin, demo, open, onOpenChange }: PaletteProps) {
  const router = useRouter();
  const { resolvedTheme, setTheme } = useTheme();
  const t = useTranslations('shell');
  const tNavigation = useTranslations('shell.navigation');
  const [text, setText] = useState('');
  const reference = text.trim().toLowerCase();
  const users = useUsers(admin && open ? text : '');

  function handleOpenChange(isOpen: boolean) {
    if (!isOpen) setText('');
    onOpenChange(isOpen);
  }
  function run(action: () => void) {
    handleOpenChange(false);
    action();
  }
  function handlePage({ href, isOtherSite }: NavigationItem) {
    run(() => (isOtherSite === true ? window.location.assign(href) : router.push(href)));
  }

  return (
    <Dialog open={open} onOpenChange={handleOpenChange}>
      <DialogContent className="top-24 translate-y-0 gap-0 overflow-hidden p-0">
        <DialogTitle className="sr-only">{t('palette.search')}</DialogTitle>
        <DialogDescription className="sr-only">{t('palette.description')}</DialogDescription>
        <Command label={t('palette.search')} loop filter={contains}>
          <Command.Input
            value={text}
            onValueChange={setText}
            placeholder={t(admin ? 'palette.placeholderAdmin' : 'palette.placeholder')}
            className="h-14 w-full border-b bg-transparent ps-5 pe-12 outline-none placeholder:text-muted-foreground"
          />
          <Command.List className="max-h-[min(24rem,60dvh)] overflow-y-auto p-2">
            <Command.Empty className="px-3 py-8 text-center text-sm text-muted-foreground">
              {t('palette.nothing')}
            </Command.Empty>
            {toNavigation({ admin, demo }, tNavigation).map(({ label, items }) => (
              <Group key={label ?? ''} heading={label ?? t('palette.pages')}>
                {items.map((item) => (
                  <Item
                    key={item.href}
                    icon={item.icon}
                    value={item.href}
                    keywords={[item.label]}
                    onSelect={() => handlePage(item)}
                  >
                    {item.label}
                  </Item>
                ))}
              </Group>
            ))}
            <Group heading={t('palette.actions')}>
              <Item
                icon={SunMoon}
                value="theme"
                keywords={[t('theme.switch'), t('palette.theme')]}
                onSelect={() => run(() => setTheme(resolvedTheme === 'light' ? 'dark' : 'light'))}
              >
                {t('theme.switch')}
              </Item>
              <Item
                icon={LogOut}
                value="sign-out"
                keywords={[t('account.signOut')]}
                onSelect={() => run(() => void signOut(t))}
              >
                {t('account.signOut')}
              </Item>
            </Group>
            {admin && TRANSFER_ID.test(reference) ? (
              <Group heading={tNavigation('transactions')}>
                <Item
                  icon={ListOrdered}
                  value={reference}
                  keywords={[reference]}
                  onSelect={() => run(() => router.push(`/admin/activity/${reference}`))}
                >
                  <span dir="ltr">{reference}</span>
                </Item>
              </Group>
            ) : null}
            {users.length === 0 ? null : (
              <Group heading={t('palette.users')}>
                {users.map((user) => (
                  <Item
                    key={user.id}
                    icon={User}
                    value={user.id}
                    keywords={[user.username, user.email, user.id]}
                    onSelect={() => run(() => router.push(`/admin/users/${user.id}`))}
                  >
                    <span className="truncate">{user.username}</span>
                    <span className="truncate text-muted-foreground">{user.email}</span>
                    <span className="ms-auto tabular-nums text-muted-foreground">{formatCredits(user.coins)}</span>
                  </Item>
                ))}
              </Group>
            )}
          </Command.List>
        </Command>
      </DialogContent>
    </Dialog>
  );
}

/** Whether what an item is called contains the text, as people read it. Its value is only an address. */
function contains(_value: string, text: string, names: string[] = []): number {
  return names.some((name) => name.toLowerCase().includes(text.trim().toLowerCase())) ? 1 : 0;
}

function Group({ heading, children }: { heading: string; children: React.ReactNode }) {
  return (
    <Command.Group
      heading={heading}
      className="[&_[cmdk-group-heading]]:px-3 [&_[cmdk-group-heading]]:pt-3 [&_[cmdk-group-heading]]:pb-1.5 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-muted-foreground"
    >
      {children}
    </Command.Group>
  );
}

interface ItemProps {
  icon: LucideIcon;
  /** Unique in the list. */
  value: string;
  keywords: string[];
  onSelect: () => void;
  children: React.ReactNode;
}

function Item({ icon: Icon, children, ...props }: ItemProps) {
  return (
    <Command.Item
      {...props}
      className="flex cursor-pointer items-center gap-3 rounded-md px-3 py-2.5 text-sm data-[selected=true]:bg-accent"
    >
      <Icon className="size-4 shrink-0 text-muted-foreground" aria-hidden />
      {children}
    </Command.Item>
  );
}

/** How long after the last key users are asked for. */
const PAUSE_MS = 200;

/** Users whose name or address contains a text of two letters or more. */
function useUsers(text: string): AdminUser[] {
  const query = text.trim();
  const [found, setFound] = useState<{ query: string; users: AdminUser[] }>({ query: '', users: [] });
  useEffect(() => {
    if (query.length < 2) return;
    let isStale = false;
    const timer = setTimeout(async () => {
      const result = await send<AdminUsersAnswer>('GET', `/api/admin/users?limit=6&query=${encodeURIComponent(query)}`);
      if (!isStale && result.ok) setFound({ query, users: result.answer.data.users });
    }, PAUSE_MS);
    return () => {
      isStale = true;
      clearTimeout(timer);
    };
  }, [query]);
  // Those of a shorter text stay until those of this one are here: the list narrows them.
  return query.length >= 2 && query.startsWith(found.query) ? found.users : [];
}
