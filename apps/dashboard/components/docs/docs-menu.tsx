'use client';
import { DocsNavigation } from '@/components/docs/docs-navigation';
import { MenuSheet } from '@/components/shell/menu-sheet';
import type { DocsGroup } from '@/lib/docs/document';

/** The documentation's pages on small screens. */
export function DocsMenu({ groups }: { groups: readonly DocsGroup[] }) {
  return (
    <MenuSheet description="All pages of the documentation">
      {(close) => <DocsNavigation groups={groups} onNavigate={close} />}
    </MenuSheet>
  );
}
