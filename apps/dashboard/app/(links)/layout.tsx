import { headers } from 'next/headers';
import type { ReactNode } from 'react';

import { AuthFrame } from '@/components/auth/auth-frame';
import { Messages } from '@/components/i18n/messages';

/** Links that were sent to somebody, who may be signed in. */
export default async function LinksLayout({ children }: { children: ReactNode }) {
  return (
    <AuthFrame path={(await headers()).get('x-path') ?? '/'}>
      <Messages areas={['auth', 'errors']}>{children}</Messages>
    </AuthFrame>
  );
}

/** Each response has a nonce of its own. */
export const dynamic = 'force-dynamic';
