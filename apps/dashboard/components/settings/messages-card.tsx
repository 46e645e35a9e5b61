'use client';
import { useRouter } from 'next/navigation';
import { useId, useState } from 'react';

import { send } from '@/components/credits/send';
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from '@/components/ui/card';
import type { MeAnswer } from '@/lib/api';
import { showError, showSuccess } from '@/lib/toast';
import { UNIT } from '@/lib/unit';

/** Which messages the person wants. */
export function MessagesCard({ on, verified }: { on: boolean; verified: boolean }) {
  const router = useRouter();
  const id = useId();
  /** What was chosen and is not stored yet. */
  const [wanted, setWanted] = useState<boolean | null>(null);

  async function handleChange(wants: boolean) {
    setWanted(wants);
    const result = await send<MeAnswer>('POST', '/api/user/update-profile', { balance_messages: wants });
    if (result.ok) {
      showSuccess(wants ? 'We will write to you' : 'We will not write to you');
      router.refresh();
    } else {
      setWanted(null);
      showError('Your choice was not saved', result.failure.message);
    }
  }

  return (
    <Card>
      <CardHeader>
        <CardTitle>Messages</CardTitle>
        <CardDescription>
          {verified ? 'What we write to your e-mail address.' : 'Confirm your e-mail address to receive them.'}
        </CardDescription>
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
              When my {UNIT.many} run low
            </label>
            <p id={`${id}-hint`} className="text-muted-foreground">
              Only while you pay for something by the hour: before it pauses, when it does, and when you have{' '}
              {UNIT.many} again.
            </p>
          </div>
        </div>
      </CardContent>
    </Card>
  );
}
