import type { Metadata } from 'next';

import { FullPage } from '@/components/states/full-page';
import { UNIT } from '@/lib/unit';

export const metadata: Metadata = { title: 'No such page' };

export default function NotFoundPage() {
  return (
    <main>
      <FullPage sign="404" title="There is no such page">
        It may have moved, or it never was. Your {UNIT.many} are where they were.
      </FullPage>
    </main>
  );
}
