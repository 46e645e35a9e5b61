import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import Link from 'next/link';

import { AuthCard } from '@/components/auth/auth-card';
import { VerifyEmailForm } from '@/components/auth/verify-email-form';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('auth.verifyEmail'))('title') };
}

export default async function VerifyEmailPage() {
  const t = await getTranslations('auth.verifyEmail');
  return (
    <AuthCard
      title={t('title')}
      description={t('text')}
      footer={t.rich('another', {
        link: (chunks) => (
          <Link href="/settings" className="font-medium text-foreground underline underline-offset-4">
            {chunks}
          </Link>
        ),
      })}
    >
      <VerifyEmailForm />
    </AuthCard>
  );
}
