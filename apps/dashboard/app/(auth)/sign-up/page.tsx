import { UserPlus } from 'lucide-react';
import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import Link from 'next/link';

import { AuthCard } from '@/components/auth/auth-card';
import { SignUpForm } from '@/components/auth/sign-up-form';
import { Alert } from '@/components/ui/alert';
import { UNIT } from '@/lib/unit';
import { getRuntime } from '@/server/runtime';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('auth.signUp'))('title') };
}

interface SignUpPageProps {
  searchParams: Promise<{ ref?: string | string[] }>;
}

export default async function SignUpPage({ searchParams }: SignUpPageProps) {
  const { ref } = await searchParams;
  const t = await getTranslations('auth.signUp');
  const code = typeof ref === 'string' && /^[A-Za-z0-9]{4,16}$/.test(ref) ? ref : null;
  return (
    <AuthCard
      title={t('title')}
      description={t('text', { unit: UNIT.many })}
      footer={t.rich('signIn', {
        link: (chunks) => (
          <Link href="/sign-in" className="font-medium text-foreground underline underline-offset-4">
            {chunks}
          </Link>
        ),
      })}
    >
      {code === null ? null : (
        <Alert className="mb-6">
          <UserPlus aria-hidden />
          <p>
            {t.rich('invited', {
              code: () => <bdi className="font-mono font-medium">{code}</bdi>,
            })}
          </p>
        </Alert>
      )}
      <SignUpForm providers={getRuntime().facts.socialProviders} />
    </AuthCard>
  );
}
