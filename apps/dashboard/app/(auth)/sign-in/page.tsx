import type { Metadata } from 'next';
import Link from 'next/link';

import { AuthCard } from '@/components/auth/auth-card';
import { SignInForm } from '@/components/auth/sign-in-form';
import { toLocalPath } from '@/lib/local-path';
import { getRuntime } from '@/server/runtime';

export const metadata: Metadata = { title: 'Sign in' };

interface SignInPageProps {
  searchParams: Promise<{ next?: string | string[]; ended?: string | string[] }>;
}

export default async function SignInPage({ searchParams }: SignInPageProps) {
  const { next, ended } = await searchParams;
  return (
    <AuthCard
      title={ended === undefined ? 'Sign in' : 'Signed out'}
      description={
        ended === undefined
          ? 'Your servers and your credits are where you left them.'
          : 'Your session has ended. Sign in to go on.'
      }
      footer={
        <>
          New here?{' '}
          <Link href="/sign-up" className="font-medium text-foreground underline underline-offset-4">
            Create an account
          </Link>
        </>
      }
    >
      <SignInForm next={toLocalPath(next)} demo={getRuntime().facts.demo} />
    </AuthCard>
  );
}
