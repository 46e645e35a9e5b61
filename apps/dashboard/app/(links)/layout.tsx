import type { ReactNode } from 'react';

import { AuthFrame } from '@/components/auth/auth-frame';

/** Links that were sent to somebody, who may be signed in. */
export default function LinksLayout({ children }: { children: ReactNode }) {
  return <AuthFrame>{children}</AuthFrame>;
}

/** Each response has a nonce of its own. */
export const dynamic = 'force-dynamic';
