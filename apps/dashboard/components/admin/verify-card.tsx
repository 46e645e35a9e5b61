'use client';
import { CircleCheck, CircleX, ShieldCheck } from 'lucide-react';
import { useState } from 'react';

import { SubmitButton } from '@/components/credits/ui/submit-button';
import { LocalTime } from '@/components/credits/activity/local-time';
import { Alert } from '@/components/ui/alert';
import { Card, CardAction, CardContent, CardDescription, CardHeader, CardTitle } from '@/components/ui/card';
import type { AdminVerifyAnswer } from '@/lib/admin-api';
import { formatCount } from '@/lib/format';
import { send } from '@/components/credits/send';
import { showError } from '@/lib/toast';

/** Recomputes balances and hashes from the journal, and shows what was found. */
export function VerifyCard() {
  const [report, setReport] = useState<AdminVerifyAnswer['data'] | null>(null);
  const [isPending, setPending] = useState(false);

  async function handleVerify() {
    setPending(true);
    const result = await send<AdminVerifyAnswer>('POST', '/api/admin/verify', {});
    setPending(false);
    if (result.ok) setReport(result.answer.data);
    else showError('The ledger was not verified', result.failure.message);
  }

  return (
    <Card>
      <CardHeader>
        <CardTitle>Verify</CardTitle>
        <CardDescription>
          Recomputes every balance and hash from the journal: no version is missing, both sides of each transfer add up,
          and nothing was changed after it was written.
        </CardDescription>
        <CardAction>
          <SubmitButton type="button" variant="secondary" pending={isPending} onClick={() => void handleVerify()}>
            <ShieldCheck /> Verify
          </SubmitButton>
        </CardAction>
      </CardHeader>
      <CardContent className="grid gap-4" aria-live="polite">
        {report === null ? (
          <p className="text-sm text-muted-foreground">Not verified since this page was opened.</p>
        ) : (
          <VerifyResult report={report} />
        )}
        <p className="text-sm text-muted-foreground">
          <a href="/api/admin/heads" download className="text-foreground underline underline-offset-4">
            Download the newest hash of each account
          </a>{' '}
          and keep the file where nobody who can change the database can change it too. The command “verify --heads”
          later shows whether anything up to today was changed.
        </p>
      </CardContent>
    </Card>
  );
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
            {counts}, checked at <LocalTime iso={report.checkedAt} style="time" />.
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
