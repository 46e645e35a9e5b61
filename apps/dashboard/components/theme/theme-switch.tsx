'use client';
import { Monitor, Moon, Sun } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useTheme } from 'next-themes';
import { useSyncExternalStore } from 'react';

import { Button } from '@/components/ui/button';
import { cn } from '@/lib/utils';

/** Turns to the other theme. The icon is chosen by CSS, since the server cannot know the theme. */
export function ThemeSwitch() {
  const t = useTranslations('shell.theme');
  const { resolvedTheme, setTheme } = useTheme();
  return (
    <Button
      variant="ghost"
      size="icon"
      className="text-muted-foreground"
      aria-label={t('switch')}
      onClick={() => setTheme(resolvedTheme === 'light' ? 'dark' : 'light')}
    >
      <Sun className="hidden dark:block" />
      <Moon className="dark:hidden" />
    </Button>
  );
}

const THEMES = [
  { value: 'system', icon: Monitor },
  { value: 'light', icon: Sun },
  { value: 'dark', icon: Moon },
] as const;

const never = () => () => undefined;

/** The three choices, for the settings page. */
export function ThemeChoice() {
  const t = useTranslations('shell.theme');
  const { theme, setTheme } = useTheme();
  const hydrated = useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
  return (
    <fieldset className="grid grid-cols-3 gap-3">
      <legend className="sr-only">{t('title')}</legend>
      {THEMES.map(({ value, icon: Icon }) => (
        <label
          key={value}
          className={cn(
            'flex cursor-pointer flex-col items-center gap-2 rounded-lg border px-2 py-4 text-center text-sm transition-colors hover:bg-accent/50',
            'has-checked:border-foreground has-checked:bg-accent/60 has-focus-visible:ring-[3px] has-focus-visible:ring-ring/50',
          )}
        >
          <input
            type="radio"
            name="theme"
            value={value}
            className="sr-only"
            checked={hydrated && theme === value}
            onChange={() => setTheme(value)}
          />
          <Icon className="size-4 text-muted-foreground" aria-hidden />
          {t(value)}
        </label>
      ))}
    </fieldset>
  );
}
