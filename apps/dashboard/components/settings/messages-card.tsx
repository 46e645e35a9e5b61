'use client';
import { useTranslations } from 'next-intl';
import { useRouter } from 'next/navigation';
import { useId, useState } from 'react';

import { send } from '@/components/credits/send';
import { useRefusal } from '@/components/i18n/use-refusal';
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from '@/components/ui/card';
import type { MeAnswer } from '@/lib/api';
import { showError, showSuccess } from '@/lib/toast';
import { UNIT } from '@/lib/unit';

/** Which messages the person wants. */
export function MessagesCard({ on, verified }: { on: boolean; verified: boolean }) {
  const router = useRouter();
  const id = useId();
  const t = useTranslations('settings.messages');
  const toText = useRefusal();
  /** What was chosen and is not stored yet. */
  const [wanted, setWanted] = useState<boolean | null>(null);

  async function handleChange(wants: boolean) {
    setWanted(wants);
    const result = await send<MeAnswer>('POST', '/api/user/update-profile', { balance_messages: wants });
    if (result.ok) {
      showSuccess(t(wants ? 'on' : 'off'));
      router.refresh();
    } else {
      setWanted(null);
      showError(t('failed'), toText(result.failure));
    }
  }

  return (
    <Card>
      <CardHeader>
        <CardTitle>{t('title')}</CardTitle>
        <CardDescription>{t(verified ? 'text' : 'unconfirmed')}</CardDescription>
      </CardHeader>
      <CardContent>
        <div className="flex items-start gap-3 text-sm">
          <input
            type="checkbox"
            id={id}
            aria-describedby={`${id}-hint`}
            checked={wanted ?? on}
            onChange={(event) => void handleChange(event.target.checked)}
            className="mt-0.5 size-4 shrink-0 cursor-pointer accent-foreground outline-none focus-visible:ring-[3px] focus-visible:ring-ring/50"
          />
          <div className="grid gap-0.5">
            <label htmlFor={id} className="cursor-pointer font-medium">
              {t('low', { unit: UNIT.many })}
            </label>
            <p id={`${id}-hint`} className="text-muted-foreground">
              {t('lowHint', { unit: UNIT.many })}
            </p>
          </div>
        </div>
      </CardContent>
    </Card>
  );
}
