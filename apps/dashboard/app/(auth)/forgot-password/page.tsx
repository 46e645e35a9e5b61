import type { Metadata } from 'next';
import Link from 'next/link';

import { AuthCard } from '@/components/auth/auth-card';
import { ForgotPasswordForm } from '@/components/auth/forgot-password-form';

export const metadata: Metadata = { title: 'Forgot your password?' };

export default function ForgotPasswordPage() {
  return (
    <AuthCard
      title="Forgot your password?"
      description="Enter your e-mail address. We send you a link to set a new password."
      footer={
        <Link href="/sign-in" className="font-medium text-foreground underline underline-offset-4">
          Back to signing in
        </Link>
      }
    >
      <ForgotPasswordForm />
    </AuthCard>
  );
}
