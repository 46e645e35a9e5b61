import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import Link from 'next/link';

import { AuthCard } from '@/components/auth/auth-card';
import { ForgotPasswordForm } from '@/components/auth/forgot-password-form';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('auth.forgotPassword'))('title') };
}

export default async function ForgotPasswordPage() {
  const t = await getTranslations('auth.forgotPassword');
  return (
    <AuthCard
      title={t('title')}
      description={t('text')}
      footer={
        <Link href="/sign-in" className="font-medium text-foreground underline underline-offset-4">
          {t('back')}
        </Link>
      }
    >
      <ForgotPasswordForm />
    </AuthCard>
  );
}
