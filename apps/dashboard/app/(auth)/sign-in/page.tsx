import { CircleAlert } from 'lucide-react';
import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { cookies } from 'next/headers';

import { AuthCard } from '@/components/auth/auth-card';
import { linkTo } from '@/components/auth/link-to';
import { SignInForm } from '@/components/auth/sign-in-form';
import { Alert } from '@/components/ui/alert';
import { AUTH_FORM_COOKIE, readAuthForm } from '@/lib/auth-form';
import { toLocalPath } from '@/lib/local-path';
import { UNIT } from '@/lib/unit';
import { getRuntime } from '@/server/runtime';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('auth.signIn'))('title') };
}

interface SignInPageProps {
  searchParams: Promise<Partial<Record<'next' | 'ended' | 'social' | 'refused' | 'code', string | string[]>>>;
}

export default async function SignInPage({ searchParams }: SignInPageProps) {
  const { next, ended, social, refused, code } = await searchParams;
  const t = await getTranslations('auth.signIn');
  return (
    <AuthCard
      title={ended === undefined ? t('title') : t('endedTitle')}
      description={ended === undefined ? t('text', { unit: UNIT.many }) : t('endedText')}
      footer={t.rich('signUp', { link: linkTo('/sign-up') })}
    >
      {social === 'refused' ? (
        <Alert variant="destructive" className="mb-6">
          <CircleAlert aria-hidden />
          <p>{t('refused')}</p>
        </Alert>
      ) : null}
      <SignInForm
        next={toLocalPath(next)}
        demo={getRuntime().facts.demo}
        providers={getRuntime().facts.socialProviders}
        before={refused === undefined ? null : readAuthForm((await cookies()).get(AUTH_FORM_COOKIE)?.value)}
        owes={code !== undefined}
      />
    </AuthCard>
  );
}
