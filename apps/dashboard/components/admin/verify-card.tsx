'use client';
import { CircleCheck, CircleX, ShieldCheck } from 'lucide-react';
import { useState } from 'react';

import { SubmitButton } from '@/components/credits/ui/submit-button';
import { LocalTime } from '@/components/credits/activity/local-time';
import { Alert } from '@/components/ui/alert';
import { Card, CardAction, CardContent, CardDescription, CardHeader, CardTitle } from '@/components/ui/card';
import type { AdminVerifyAnswer } from '@/lib/api';
import { formatCount } from '@/lib/format';
import { send } from '@/components/credits/send';
import { showError } from '@/lib/toast';

/** Recomputes balances and hashes from the entries, and says what it found: of what is new, or of everything. */
export function VerifyCard() {
  const [report, setReport] = useState<AdminVerifyAnswer['data'] | null>(null);
  const [pending, setPending] = useState<'new' | 'everything' | null>(null);

  async function handleVerify(what: 'new' | 'everything') {
    setPending(what);
    const result = await send<AdminVerifyAnswer>('POST', '/api/admin/verify', { full: what === 'everything' });
    setPending(null);
    if (result.ok) setReport(result.answer.data);
    else showError('The ledger was not verified', result.failure.message);
  }

  return (
    <Card>
      <CardHeader>
        <CardTitle>Verify</CardTitle>
        <CardDescription>
          Recomputes balances and hashes from the entries: no version is missing, all sides add up, and nothing was
          changed since it was written.
        </CardDescription>
        <CardAction className="flex gap-2 max-sm:col-span-2 max-sm:col-start-1 max-sm:row-span-1 max-sm:row-start-3 max-sm:mt-3 max-sm:flex-row-reverse max-sm:justify-end">
          <SubmitButton
            type="button"
            variant="ghost"
            pending={pending === 'everything'}
            disabled={pending !== null}
            onClick={() => void handleVerify('everything')}
          >
            Verify everything
          </SubmitButton>
          <SubmitButton
            type="button"
            variant="secondary"
            pending={pending === 'new'}
            disabled={pending !== null}
            onClick={() => void handleVerify('new')}
          >
            <ShieldCheck /> Verify
          </SubmitButton>
        </CardAction>
      </CardHeader>
      <CardContent aria-live="polite">
        {report === null ? (
          <p className="text-sm text-muted-foreground">Not verified since this page was opened.</p>
        ) : (
          <VerifyResult report={report} />
        )}
      </CardContent>
    </Card>
  );
}

function toScope({ full, compared }: AdminVerifyAnswer['data']): string {
  if (full) return 'Every entry was read.';
  if (compared === 0) return 'Nothing is new since the last time.';
  return `${formatCount(compared, 'entry', 'entries')} read, the others were in order before.`;
}

function VerifyResult({ report }: { report: AdminVerifyAnswer['data'] }) {
  const counts = [
    formatCount(report.accounts, 'account'),
    formatCount(report.transfers, 'transfer'),
    formatCount(report.entries, 'entry', 'entries'),
  ].join(', ');
  if (report.ok) {
    return (
      <Alert variant="success">
        <CircleCheck aria-hidden />
        <div>
          <p className="font-medium">No difference found</p>
          <p className="text-muted-foreground">
            {counts}, checked at <LocalTime iso={report.checkedAt} style="time" />. {toScope(report)}
          </p>
        </div>
      </Alert>
    );
  }
  return (
    <Alert variant="destructive">
      <CircleX aria-hidden />
      <div className="min-w-0">
        <p className="font-medium">{formatCount(report.differences.length, 'difference')} found</p>
        <ul className="mt-2 grid gap-1">
          {report.differences.map(({ account, message }, index) => (
            <li key={index} className="break-words">
              {account === null ? null : <span className="font-mono text-xs">{account} </span>}
              {message}
            </li>
          ))}
        </ul>
      </div>
    </Alert>
  );
}
