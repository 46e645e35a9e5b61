import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';

import { AuthCard } from '@/components/auth/auth-card';
import { linkTo } from '@/components/auth/link-to';
import { ResetPasswordForm } from '@/components/auth/reset-password-form';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('auth.resetPassword'))('title') };
}

export default async function ResetPasswordPage() {
  const t = await getTranslations('auth.resetPassword');
  return (
    <AuthCard
      title={t('title')}
      description={t('text')}
      footer={t.rich('another', { link: linkTo('/forgot-password') })}
    >
      <ResetPasswordForm />
    </AuthCard>
  );
}
