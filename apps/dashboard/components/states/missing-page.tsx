import Link from 'next/link';
import { useTranslations } from 'next-intl';

import { FullPage } from '@/components/states/full-page';
import { Button } from '@/components/ui/button';
import { UNIT } from '@/lib/unit';

/** What is said where there is no page. */
export function MissingPage() {
  const t = useTranslations('shell.missing');
  return (
    <FullPage
      sign="404"
      title={t('heading')}
      action={
        <Button asChild>
          <Link href="/">{t('back')}</Link>
        </Button>
      }
    >
      {t('text', { unit: UNIT.many })}
    </FullPage>
  );
}
