'use client';
import { Check, X } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useState } from 'react';

import { useOutcome } from '@/components/admin/use-outcome';
import { Change } from '@/components/credits/activity/amount';
import { LocalTime } from '@/components/credits/activity/local-time';
import { send } from '@/components/credits/send';
import { SubmitButton } from '@/components/credits/ui/submit-button';
import { useRefusal } from '@/components/i18n/use-refusal';
import { Card, CardDescription, CardHeader, CardTitle } from '@/components/ui/card';
import { put } from '@/components/i18n/put';
import type { AdminAdjustAnswer, AdminApprovalsAnswer } from '@/lib/admin-api';
import { showError, showSuccess } from '@/lib/toast';

/** Adjustments above one administrator's limits. Who asked for one can only take it back. */
export function ApprovalsCard({ waiting }: { waiting: AdminApprovalsAnswer['data'] }) {
  const router = useRouter();
  const t = useTranslations('admin.approvals');
  const refusal = useRefusal();
  const toOutcome = useOutcome();
  const [pending, setPending] = useState<string | null>(null);

  async function decide({ id, username }: (typeof waiting)[number], approve: boolean) {
    setPending(`${id} ${approve}`);
    const body = { approve, reason: t(approve ? 'approved' : 'rejected') };
    const result = await send<AdminAdjustAnswer>('POST', `/api/admin/approvals/${id}`, body);
    setPending(null);
    if (result.ok) showSuccess(body.reason, toOutcome(result.answer, { name: username, approved: approve }));
    else showError(t('failed'), refusal(result.failure));
    router.refresh();
  }

  if (waiting.length === 0) return null;
  return (
    <Card>
      <CardHeader className="pb-4">
        <CardTitle>{t('title')}</CardTitle>
        <CardDescription>{t('text')}</CardDescription>
      </CardHeader>
      <ul className="divide-y border-t">
        {waiting.map((adjustment) => {
          const { id, own } = adjustment;
          return (
            <li key={id} className="flex flex-wrap items-center gap-x-4 gap-y-3 px-5 py-4 sm:px-6">
              <div className="min-w-56 flex-1">
                <p className="text-sm font-medium">
                  {t.rich('change', {
                    change: put(<Change amount={adjustment.amount} />),
                    name: put(<bdi>{adjustment.username}</bdi>),
                  })}
                </p>
                <p className="mt-0.5 text-[0.8125rem] break-words text-muted-foreground">
                  {t.rich(own ? 'askedByYou' : 'asked', {
                    reason: put(<bdi>{adjustment.reason}</bdi>),
                    name: put(<bdi>{adjustment.requested_by}</bdi>),
                    at: put(<LocalTime iso={adjustment.requested_at} style="instant" />),
                  })}
                </p>
              </div>
              <div className="flex gap-2">
                {own ? null : (
                  <SubmitButton
                    type="button"
                    size="sm"
                    pending={pending === `${id} true`}
                    disabled={pending !== null}
                    onClick={() => void decide(adjustment, true)}
                  >
                    <Check /> {t('approve')}
                  </SubmitButton>
                )}
                <SubmitButton
                  type="button"
                  size="sm"
                  variant="outline"
                  pending={pending === `${id} false`}
                  disabled={pending !== null}
                  onClick={() => void decide(adjustment, false)}
                >
                  <X /> {t(own ? 'takeBack' : 'reject')}
                </SubmitButton>
              </div>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
