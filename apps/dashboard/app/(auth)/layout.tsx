import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import type { ReactNode } from 'react';

import { AuthFrame } from '@/components/auth/auth-frame';
import { SignedOut } from '@/components/auth/signed-out';
import { Messages } from '@/components/i18n/messages';
import { readViewer } from '@/lib/viewer';

/** Signing in and up. A user who is signed in already is sent to the overview. */
export default async function AuthLayout({ children }: { children: ReactNode }) {
  if ((await readViewer()) !== null) redirect('/');
  return (
    <AuthFrame path={(await headers()).get('x-path') ?? '/sign-in'}>
      <SignedOut />
      <Messages areas={['auth', 'errors']}>{children}</Messages>
    </AuthFrame>
  );
}
