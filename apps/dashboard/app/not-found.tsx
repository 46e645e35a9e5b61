import type { Metadata } from 'next';

import { FullPage } from '@/components/states/full-page';

export const metadata: Metadata = { title: 'No such page' };

export default function NotFoundPage() {
  return (
    <main>
      <FullPage sign="404" title="There is no such page">
        It may have moved, or it never was. Your credits are where they were.
      </FullPage>
    </main>
  );
}
