import { useTranslations } from 'next-intl';
import Link from 'next/link';

import { Button } from '@/components/ui/button';

interface PagerProps {
  /** The first page, where this is another one. */
  newest: string | null;
  /** The next page. */
  older: string | null;
}

/** Pages of a list, newest first. Nothing where there is one page. */
export function Pager({ newest, older }: PagerProps) {
  const t = useTranslations('admin-shared.pages');
  if (newest === null && older === null) return null;
  return (
    <nav aria-label={t('label')} className="flex justify-end gap-2">
      {newest === null ? null : (
        <Button asChild variant="outline" size="sm">
          <Link href={newest}>{t('newest')}</Link>
        </Button>
      )}
      {older === null ? null : (
        <Button asChild variant="outline" size="sm">
          <Link href={older}>{t('older')}</Link>
        </Button>
      )}
    </nav>
  );
}
