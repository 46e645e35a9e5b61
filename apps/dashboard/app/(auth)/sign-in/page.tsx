import { CircleAlert } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';

import { AuthCard } from '@/components/auth/auth-card';
import { SignInForm } from '@/components/auth/sign-in-form';
import { Alert } from '@/components/ui/alert';
import { toLocalPath } from '@/lib/local-path';
import { UNIT } from '@/lib/unit';
import { getRuntime } from '@/server/runtime';

export const metadata: Metadata = { title: 'Sign in' };

interface SignInPageProps {
  searchParams: Promise<{ next?: string | string[]; ended?: string | string[]; social?: string | string[] }>;
}

export default async function SignInPage({ searchParams }: SignInPageProps) {
  const { next, ended, social } = await searchParams;
  return (
    <AuthCard
      title={ended === undefined ? 'Sign in' : 'Signed out'}
      description={
        ended === undefined
          ? `Your servers and your ${UNIT.many} are where you left them.`
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
      {social === 'refused' ? (
        <Alert variant="destructive" className="mb-6">
          <CircleAlert aria-hidden />
          <p>
            You cannot sign in with that account. Its e-mail address has to be confirmed there. Do you have an account
            here already? Sign in to it with your password, and confirm its address first. With a second factor, use
            your password or a passkey.
          </p>
        </Alert>
      ) : null}
      <SignInForm
        next={toLocalPath(next)}
        demo={getRuntime().facts.demo}
        providers={getRuntime().facts.socialProviders}
      />
    </AuthCard>
  );
}
