'use client';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';

import { AdjustDialog } from '@/components/credits/admin/adjust-dialog';
import type { AdminUser } from '@/lib/admin-api';
import { formatChange, formatCredits } from '@/lib/format';
import { showSuccess } from '@/lib/toast';
import { UNIT } from '@/lib/unit';

/** The dialog on this dashboard's page about a user: reports what was done, and reads the page again. */
export function AdjustUser({ user }: { user: AdminUser }) {
  const router = useRouter();
  const t = useTranslations('admin-users.one');
  return (
    <AdjustDialog
      user={user}
      onAnswer={(adjustment) => {
        router.refresh();
        if (adjustment === null) return;
        const { before, after } = adjustment;
        showSuccess(
          t('adjusted', { change: formatChange(after - before), unit: UNIT.many, name: user.username }),
          t('becomes', { before: formatCredits(before), after: formatCredits(after) }),
        );
      }}
    />
  );
}
