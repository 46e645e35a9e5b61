import { useTranslations } from 'next-intl';

import { readLocale } from '@/components/credits/locale';
import { LanguageForm } from '@/components/i18n/language-form';
import { LANGUAGES, languageOf } from '@/lib/languages';
import { cn } from '@/lib/utils';

interface LanguageChoiceProps {
  /** The path that the person is on. */
  next: string;
  /** Looks like a line of links. */
  quiet?: boolean;
}

/** A button for each language, which needs no script: the server keeps the choice in a cookie and comes back here. */
export function LanguageChoice({ next, quiet = false }: LanguageChoiceProps) {
  const t = useTranslations('shell.language');
  const current = languageOf(readLocale());
  return (
    <LanguageForm
      label={t('label')}
      className={cn('flex flex-wrap', quiet ? '-mx-2 justify-center sm:gap-x-1' : 'gap-2')}
    >
      {Object.entries(LANGUAGES).map(([language, { name, tag, dir }]) => (
        <button
          key={language}
          type="submit"
          formAction={`/api/language?${new URLSearchParams({ language, next })}`}
          lang={tag}
          dir={dir}
          aria-current={language === current ? 'true' : undefined}
          className={cn(
            'rounded-md outline-none transition-colors focus-visible:ring-[3px] focus-visible:ring-ring/50',
            quiet ? 'px-1.5 py-1 sm:px-2 text-[0.8125rem]' : 'border px-3 py-1.5 text-sm',
            language === current
              ? cn('font-medium', !quiet && 'border-foreground/40 bg-accent')
              : 'text-muted-foreground hover:bg-accent/60 hover:text-foreground',
          )}
        >
          {name}
        </button>
      ))}
    </LanguageForm>
  );
}
