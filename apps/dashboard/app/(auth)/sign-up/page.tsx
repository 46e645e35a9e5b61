import { UserPlus } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';

import { AuthCard } from '@/components/auth/auth-card';
import { SignUpForm } from '@/components/auth/sign-up-form';
import { Alert } from '@/components/ui/alert';
import { UNIT } from '@/lib/unit';
import { getRuntime } from '@/server/runtime';

export const metadata: Metadata = { title: 'Create an account' };

interface SignUpPageProps {
  searchParams: Promise<{ ref?: string | string[] }>;
}

export default async function SignUpPage({ searchParams }: SignUpPageProps) {
  const { ref } = await searchParams;
  const code = typeof ref === 'string' && /^[A-Za-z0-9]{4,16}$/.test(ref) ? ref : null;
  return (
    <AuthCard
      title="Create an account"
      description={`Claim ${UNIT.many} every day, and run your first game server with them.`}
      footer={
        <>
          Have an account?{' '}
          <Link href="/sign-in" className="font-medium text-foreground underline underline-offset-4">
            Sign in
          </Link>
        </>
      }
    >
      {code === null ? null : (
        <Alert className="mb-6">
          <UserPlus aria-hidden />
          <p>
            Somebody invited you with the code <span className="font-mono font-medium">{code}</span>.
          </p>
        </Alert>
      )}
      <SignUpForm providers={getRuntime().facts.socialProviders} />
    </AuthCard>
  );
}
