import type { Metadata } from 'next';
import Link from 'next/link';

import { AuthCard } from '@/components/auth/auth-card';
import { VerifyEmailForm } from '@/components/auth/verify-email-form';

export const metadata: Metadata = { title: 'Confirm your e-mail address' };

export default function VerifyEmailPage() {
  return (
    <AuthCard
      title="Confirm your e-mail address"
      description="Only confirm an address of an account that is yours."
      footer={
        <>
          The link does not work?{' '}
          <Link href="/settings" className="font-medium text-foreground underline underline-offset-4">
            Ask for another one in the settings
          </Link>
        </>
      }
    >
      <VerifyEmailForm />
    </AuthCard>
  );
}
