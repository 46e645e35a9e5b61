'use client';
import { Ban, ShieldCheck } from 'lucide-react';
import { useTranslations } from 'next-intl';

import { ReasonDialog } from '@/components/admin/reason-dialog';
import { send } from '@/components/credits/send';
import { Button } from '@/components/ui/button';
import type { AdminPersonAnswer, AdminUser } from '@/lib/admin-api';
import { showSuccess } from '@/lib/toast';

/** Bans somebody, or ends their ban, for a reason that is kept in the audit log. */
export function BanUser({ user: { id, username, banned } }: { user: AdminUser }) {
  const t = useTranslations('admin-users.ban');
  const Icon = banned ? ShieldCheck : Ban;
  const action = t(banned ? 'unban' : 'ban');
  return (
    <ReasonDialog<AdminPersonAnswer>
      trigger={
        <Button variant="outline">
          <Icon /> {action}
        </Button>
      }
      title={t(banned ? 'unbanTitle' : 'banTitle', { name: username })}
      text={t(banned ? 'unbanText' : 'banText')}
      hint={t('reasonHint')}
      action={action}
      onSubmit={(reason, key) =>
        send('POST', `/api/admin/users/${encodeURIComponent(id)}/ban`, { banned: !banned, reason }, key)
      }
      onDone={() => showSuccess(t(banned ? 'unbanned' : 'banned', { name: username }))}
    />
  );
}
