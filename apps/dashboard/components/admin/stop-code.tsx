'use client';
import { CirclePause, CirclePlay } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useState } from 'react';

import { send } from '@/components/credits/send';
import { SubmitButton } from '@/components/credits/ui/submit-button';
import { useRefusal } from '@/components/i18n/use-refusal';
import type { AdminCode, AdminCodeAnswer } from '@/lib/admin-api';
import { showError, showSuccess } from '@/lib/toast';

/** Stops a code at once, or lets it be used again. */
export function StopCode({ code }: { code: AdminCode }) {
  const router = useRouter();
  const t = useTranslations('admin-codes.stop');
  const refusal = useRefusal();
  const [pending, setPending] = useState(false);

  async function handleClick() {
    setPending(true);
    const result = await send<AdminCodeAnswer>('POST', `/api/admin/codes/${code.code}`, { stopped: !code.stopped });
    setPending(false);
    if (result.ok) showSuccess(t(code.stopped ? 'resumed' : 'stopped'));
    else showError(t('failed'), refusal(result.failure));
    router.refresh();
  }

  return (
    <SubmitButton type="button" variant="outline" pending={pending} onClick={() => void handleClick()}>
      {code.stopped ? (
        <>
          <CirclePlay /> {t('resume')}
        </>
      ) : (
        <>
          <CirclePause /> {t('stop')}
        </>
      )}
    </SubmitButton>
  );
}
