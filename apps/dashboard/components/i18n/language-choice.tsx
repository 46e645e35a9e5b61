import { getTranslations } from 'next-intl/server';

import { LANGUAGES, languageOf } from '@/lib/languages';
import { readLocale } from '@/components/credits/locale';
import { cn } from '@/lib/utils';

/**
 * A button for each language, which needs no script: the server keeps the choice in a cookie and comes back here.
 *
 * @param next - The path that the person is on.
 */
export async function LanguageChoice({ next, className }: { next: string; className?: string }) {
  const t = await getTranslations('shell.language');
  const current = languageOf(readLocale());
  return (
    <form method="post" aria-label={t('label')} className={cn('flex flex-wrap gap-2', className)}>
      {Object.entries(LANGUAGES).map(([language, { name, tag, dir }]) => (
        <button
          key={language}
          type="submit"
          formAction={`/api/language?${new URLSearchParams({ language, next })}`}
          lang={tag}
          dir={dir}
          aria-current={language === current ? 'true' : undefined}
          className={cn(
            'rounded-md border px-3 py-1.5 text-sm outline-none transition-colors focus-visible:ring-[3px] focus-visible:ring-ring/50',
            language === current
              ? 'border-foreground/40 bg-accent font-medium'
              : 'text-muted-foreground hover:bg-accent/60 hover:text-foreground',
          )}
        >
          {name}
        </button>
      ))}
    </form>
  );
}
