import type { ReactNode } from 'react';

import { Messages } from '@/components/i18n/messages';
import { requireAdmin } from '@/lib/viewer';

/** For everybody who is not an administrator, these pages do not exist. */
export default async function AdminLayout({ children }: { children: ReactNode }) {
  await requireAdmin();
  return <Messages areas={['activity', 'errors']}>{children}</Messages>;
}
