'use client';
import { Ban, ShieldCheck } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useState, type FormEvent } from 'react';

import { Refusal } from '@/components/auth/refusal';
import {
  Dialog,
  DialogClose,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
  DialogTrigger,
} from '@/components/credits/ui/dialog';
import { Field } from '@/components/credits/ui/field';
import { Input } from '@/components/credits/ui/input';
import { SubmitButton } from '@/components/credits/ui/submit-button';
import { newKey, send } from '@/components/credits/send';
import { useRefusal } from '@/components/i18n/use-refusal';
import { Button } from '@/components/ui/button';
import type { AdminPersonAnswer, AdminUser } from '@/lib/admin-api';
import { showSuccess } from '@/lib/toast';

/** Bans somebody, or ends their ban, for a reason that is kept in the audit log. */
export function BanUser({ user: { id, username, banned } }: { user: AdminUser }) {
  const router = useRouter();
  const t = useTranslations('admin-users');
  const toRefusal = useRefusal();
  const [open, setOpen] = useState(false);
  const [pending, setPending] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  // One intended command, however often it is sent.
  const [key, setKey] = useState(newKey);
  const Icon = banned ? ShieldCheck : Ban;
  const action = t(banned ? 'ban.unban' : 'ban.ban');

  async function handleSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (pending) return;
    const reason = String(new FormData(event.currentTarget).get('reason')).trim();
    if (reason.length < 3) {
      setRefusal(t('undo.reasonWrong'));
      return;
    }
    setPending(true);
    const path = `/api/admin/users/${encodeURIComponent(id)}/ban`;
    const result = await send<AdminPersonAnswer>('POST', path, { banned: !banned, reason }, key);
    setPending(false);
    if (!result.ok) {
      setRefusal(toRefusal(result.failure));
      return;
    }
    setOpen(false);
    setKey(newKey());
    showSuccess(t(banned ? 'ban.unbanned' : 'ban.banned', { name: username }));
    router.refresh();
  }

  return (
    <Dialog
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        setRefusal(null);
      }}
    >
      <DialogTrigger asChild>
        <Button variant="outline">
          <Icon /> {action}
        </Button>
      </DialogTrigger>
      <DialogContent>
        <form onSubmit={handleSubmit} noValidate className="grid gap-5">
          <DialogHeader>
            <DialogTitle>{t(banned ? 'ban.unbanTitle' : 'ban.banTitle', { name: username })}</DialogTitle>
            <DialogDescription>{t(banned ? 'ban.unbanText' : 'ban.banText')}</DialogDescription>
          </DialogHeader>
          <Field label={t('undo.reason')} hint={t('ban.reasonHint')}>
            {(control) => <Input {...control} name="reason" autoComplete="off" maxLength={200} />}
          </Field>
          <Refusal message={refusal ?? undefined} cooldownMs={0} />
          <DialogFooter>
            <DialogClose asChild>
              <Button variant="outline">{t('undo.cancel')}</Button>
            </DialogClose>
            <SubmitButton pending={pending}>{action}</SubmitButton>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
