import type { Metadata } from 'next';
import { useTranslations } from 'next-intl';
import { getTranslations } from 'next-intl/server';

import { FullPage } from '@/components/states/full-page';
import { UNIT } from '@/lib/unit';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('shell.missing');
  return { title: t('title') };
}

export default function NotFoundPage() {
  const t = useTranslations('shell.missing');
  return (
    <main>
      <FullPage sign="404" title={t('heading')}>
        {t('text', { unit: UNIT.many })}
      </FullPage>
    </main>
  );
}
