'use client';
import { CircleCheck, CircleX, ShieldCheck } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState, type ReactNode } from 'react';

import { SubmitButton } from '@/components/credits/ui/submit-button';
import { LocalTime } from '@/components/credits/activity/local-time';
import { useRefusal } from '@/components/i18n/use-refusal';
import { Alert } from '@/components/ui/alert';
import { Card, CardAction, CardContent, CardDescription, CardHeader, CardTitle } from '@/components/ui/card';
import type { AdminVerifyAnswer } from '@/lib/admin-api';
import { send } from '@/components/credits/send';
import { put } from '@/components/i18n/put';
import { showError } from '@/lib/toast';

/** Recomputes balances and hashes from the journal, and shows what was found. */
export function VerifyCard() {
  const t = useTranslations('admin.verify');
  const refusal = useRefusal();
  const [report, setReport] = useState<AdminVerifyAnswer['data'] | null>(null);
  const [isPending, setPending] = useState(false);

  async function handleVerify() {
    setPending(true);
    const result = await send<AdminVerifyAnswer>('POST', '/api/admin/verify', {});
    setPending(false);
    if (result.ok) setReport(result.answer.data);
    else showError(t('failed'), refusal(result.failure));
  }

  return (
    <Card>
      <CardHeader>
        <CardTitle>{t('title')}</CardTitle>
        <CardDescription>{t('text')}</CardDescription>
        <CardAction>
          <SubmitButton type="button" variant="secondary" pending={isPending} onClick={() => void handleVerify()}>
            <ShieldCheck /> {t('action')}
          </SubmitButton>
        </CardAction>
      </CardHeader>
      <CardContent className="grid gap-4" aria-live="polite">
        {report === null ? (
          <p className="text-sm text-muted-foreground">{t('never')}</p>
        ) : (
          <VerifyResult report={report} />
        )}
        <p className="text-sm text-muted-foreground">{t.rich('heads', { link: linkHeads })}</p>
      </CardContent>
    </Card>
  );
}

function linkHeads(chunks: ReactNode): ReactNode {
  return (
    <a href="/api/admin/heads" download className="text-foreground underline underline-offset-4">
      {chunks}
    </a>
  );
}

function VerifyResult({ report }: { report: AdminVerifyAnswer['data'] }) {
  const t = useTranslations('admin.verify');
  if (report.ok) {
    return (
      <Alert variant="success">
        <CircleCheck aria-hidden />
        <div>
          <p className="font-medium">{t('right')}</p>
          <p className="text-muted-foreground">
            {t.rich('checked', {
              accounts: t('accounts', { count: report.accounts }),
              transfers: t('transfers', { count: report.transfers }),
              entries: t('entries', { count: report.entries }),
              at: put(<LocalTime iso={report.checkedAt} style="time" />),
            })}
          </p>
        </div>
      </Alert>
    );
  }
  return (
    <Alert variant="destructive">
      <CircleX aria-hidden />
      <div className="min-w-0">
        <p className="font-medium">{t('wrong', { count: report.differences.length })}</p>
        <ul className="mt-2 grid gap-1">
          {report.differences.map(({ account, message }, index) => (
            <li key={index} dir="ltr" className="text-start break-words">
              {account === null ? null : <span className="font-mono text-xs">{account} </span>}
              {message}
            </li>
          ))}
        </ul>
      </div>
    </Alert>
  );
}
