import { ArrowDownLeft, ArrowUpRight, Lock } from 'lucide-react';
import { useTranslations } from 'next-intl';

import { formatChange, formatCredits } from '@/lib/format';
import { cn } from '@/lib/utils';

const LINES = [
  { icon: ArrowDownLeft, text: 'bonus', delta: 40, after: 1_290 },
  { icon: Lock, text: 'reserved', delta: -60, after: 1_230 },
  { icon: ArrowUpRight, text: 'sent', delta: -25, after: 1_205 },
] as const;

/** A still picture of what is inside: the number, and why it is that number. Hidden from screen readers by its frame. */
export function AuthAside({ promise }: { promise: string }) {
  const t = useTranslations('auth.aside');
  return (
    <div className="flex h-full flex-col justify-center px-14 xl:px-20">
      <p className="text-sm text-muted-foreground">{t('available')}</p>
      <p className="mt-1 text-6xl font-semibold tracking-tight text-credits-large tabular-nums">
        {formatCredits(1_205)}
      </p>
      <ul className="mt-10 max-w-md divide-y rounded-xl border bg-card">
        {LINES.map(({ icon: Icon, text, delta, after }) => (
          <li key={text} className="flex items-center gap-4 px-5 py-4 text-sm">
            <Icon className="size-4 text-muted-foreground rtl:-scale-x-100" />
            <span className="flex-1">{t(text)}</span>
            <span className={cn('font-medium tabular-nums', delta > 0 ? 'text-success' : 'text-foreground')}>
              {formatChange(delta)}
            </span>
            <span className="w-14 text-end text-muted-foreground tabular-nums">{formatCredits(after)}</span>
          </li>
        ))}
      </ul>
      <p className="mt-8 max-w-md text-lg leading-relaxed text-balance text-muted-foreground">{promise}</p>
    </div>
  );
}
