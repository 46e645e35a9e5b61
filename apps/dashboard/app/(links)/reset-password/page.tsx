import type { Metadata } from 'next';
import Link from 'next/link';

import { AuthCard } from '@/components/auth/auth-card';
import { ResetPasswordForm } from '@/components/auth/reset-password-form';

export const metadata: Metadata = { title: 'Set a new password' };

export default function ResetPasswordPage() {
  return (
    <AuthCard
      title="Set a new password"
      description="Every browser that is signed in to the account has to sign in again with it."
      footer={
        <>
          The link does not work?{' '}
          <Link href="/forgot-password" className="font-medium text-foreground underline underline-offset-4">
            Ask for another one
          </Link>
        </>
      }
    >
      <ResetPasswordForm />
    </AuthCard>
  );
}
