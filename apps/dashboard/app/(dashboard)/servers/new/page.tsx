import { getTranslations } from 'next-intl/server';
import type { Metadata } from 'next';

import { CreateServerPage } from '@/components/servers/create-server-page';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('servers');
  return { title: t('create.title') };
}

export default CreateServerPage;
