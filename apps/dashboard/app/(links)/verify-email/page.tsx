import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';

import { AuthCard } from '@/components/auth/auth-card';
import { linkTo } from '@/components/auth/link-to';
import { VerifyEmailForm } from '@/components/auth/verify-email-form';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('auth.verifyEmail'))('title') };
}

export default async function VerifyEmailPage() {
  const t = await getTranslations('auth.verifyEmail');
  return (
    <AuthCard title={t('title')} description={t('text')} footer={t.rich('another', { link: linkTo('/settings') })}>
      <VerifyEmailForm />
    </AuthCard>
  );
}
