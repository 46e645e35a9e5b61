import type { ReactNode } from 'react';

import { requireAdmin } from '@/lib/viewer';

/** For everybody who is not an administrator, these pages do not exist. */
export default async function AdminLayout({ children }: { children: ReactNode }) {
  await requireAdmin();
  return children;
}
