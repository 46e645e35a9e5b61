import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import Link from 'next/link';

import { AuthCard } from '@/components/auth/auth-card';
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
      footer={t.rich('another', {
        link: (chunks) => (
          <Link href="/forgot-password" className="font-medium text-foreground underline underline-offset-4">
            {chunks}
          </Link>
        ),
      })}
    >
      <ResetPasswordForm />
    </AuthCard>
  );
}
