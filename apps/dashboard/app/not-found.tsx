import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';

import { MissingPage } from '@/components/states/missing-page';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('shell.missing');
  return { title: t('title') };
}

export default function NotFoundPage() {
  return (
    <main>
      <MissingPage />
    </main>
  );
}
