import { UserPlus } from 'lucide-react';
import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { cookies } from 'next/headers';
import type { ReactNode } from 'react';

import { AuthCard } from '@/components/auth/auth-card';
import { linkTo } from '@/components/auth/link-to';
import { SignUpForm } from '@/components/auth/sign-up-form';
import { Alert } from '@/components/ui/alert';
import { AUTH_FORM_COOKIE, readAuthForm } from '@/lib/auth-form';
import { UNIT } from '@/lib/unit';
import { getRuntime } from '@/server/runtime';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('auth.signUp'))('title') };
}

const mark = (chunks: ReactNode) => <bdi className="font-mono font-medium">{chunks}</bdi>;

interface SignUpPageProps {
  searchParams: Promise<Partial<Record<'ref' | 'refused', string | string[]>>>;
}

export default async function SignUpPage({ searchParams }: SignUpPageProps) {
  const { ref, refused } = await searchParams;
  const t = await getTranslations('auth.signUp');
  const code = typeof ref === 'string' && /^[A-Za-z0-9]{4,16}$/.test(ref) ? ref : null;
  return (
    <AuthCard
      title={t('title')}
      description={t('text', { unit: UNIT.many })}
      footer={t.rich('signIn', { link: linkTo('/sign-in') })}
    >
      {code === null ? null : (
        <Alert className="mb-6">
          <UserPlus aria-hidden />
          <p>{t.rich('invited', { code, mark })}</p>
        </Alert>
      )}
      <SignUpForm
        providers={getRuntime().facts.socialProviders}
        before={refused === undefined ? null : readAuthForm((await cookies()).get(AUTH_FORM_COOKIE)?.value)}
      />
    </AuthCard>
  );
}
