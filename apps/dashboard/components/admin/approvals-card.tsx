'use client';
import { Check, X } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';

import { Change } from '@/components/credits/activity/amount';
import { LocalTime } from '@/components/credits/activity/local-time';
import { send } from '@/components/credits/send';
import { SubmitButton } from '@/components/credits/ui/submit-button';
import { Card, CardDescription, CardHeader, CardTitle } from '@/components/ui/card';
import type { AdminAdjustAnswer, AdminApprovalsAnswer } from '@/lib/admin-api';
import { showError, showSuccess } from '@/lib/toast';

/** Adjustments above one administrator's limits. Who asked for one can only take it back. */
export function ApprovalsCard({ waiting }: { waiting: AdminApprovalsAnswer['data'] }) {
  const router = useRouter();
  const [pending, setPending] = useState<string | null>(null);

  async function decide(id: number, approve: boolean) {
    setPending(`${id} ${approve}`);
    const body = { approve, reason: approve ? 'Approved' : 'Rejected' };
    const result = await send<AdminAdjustAnswer>('POST', `/api/admin/approvals/${id}`, body);
    setPending(null);
    if (result.ok) showSuccess(approve ? 'Approved' : 'Rejected', result.answer.message);
    else showError('Nothing was decided', result.failure.message);
    router.refresh();
  }

  if (waiting.length === 0) return null;
  return (
    <Card>
      <CardHeader className="pb-4">
        <CardTitle>Waiting for a second administrator</CardTitle>
        <CardDescription>These are above what one administrator may change by themself.</CardDescription>
      </CardHeader>
      <ul className="divide-y border-t">
        {waiting.map(({ id, username, requested_by: by, own, amount, reason, requested_at: at }) => (
          <li key={id} className="flex flex-wrap items-center gap-x-4 gap-y-3 px-5 py-4 sm:px-6">
            <div className="min-w-56 flex-1">
              <p className="text-sm font-medium">
                <Change amount={amount} /> for {username}
              </p>
              <p className="mt-0.5 text-[0.8125rem] break-words text-muted-foreground">
                {reason} · asked for by {own ? 'you' : by}, <LocalTime iso={at} style="instant" />
              </p>
            </div>
            <div className="flex gap-2">
              {own ? null : (
                <SubmitButton
                  type="button"
                  size="sm"
                  pending={pending === `${id} true`}
                  disabled={pending !== null}
                  onClick={() => void decide(id, true)}
                >
                  <Check /> Approve
                </SubmitButton>
              )}
              <SubmitButton
                type="button"
                size="sm"
                variant="outline"
                pending={pending === `${id} false`}
                disabled={pending !== null}
                onClick={() => void decide(id, false)}
              >
                <X /> {own ? 'Take back' : 'Reject'}
              </SubmitButton>
            </div>
          </li>
        ))}
      </ul>
    </Card>
  );
}
