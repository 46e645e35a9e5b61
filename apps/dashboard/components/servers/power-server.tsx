'use client';
import { useTranslations } from 'next-intl';
import { Play, Square } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';

import {
  AlertDialog,
  AlertDialogAction,
  AlertDialogCancel,
  AlertDialogContent,
  AlertDialogDescription,
  AlertDialogFooter,
  AlertDialogTitle,
  AlertDialogTrigger,
} from '@/components/ui/alert-dialog';
import { useRefusal } from '@/components/i18n/use-refusal';
import { send } from '@/components/credits/send';
import { runwayOnceOff, runwayOnceOn, savedPerHour } from '@/components/servers/power';
import { useNow } from '@/components/servers/runway';
import { RunwayEffect } from '@/components/servers/runway-effect';
import { Button, buttonVariants } from '@/components/ui/button';
import { useCreditsSync } from '@/hooks/useCreditsUpdate';
import type { Translator } from '@/i18n/translator';
import type { GameServer, ServerPowerAnswer } from '@/lib/api';
import { formatCreditsWithUnit } from '@/lib/format';
import type { Spending } from '@/lib/runway';
import { showError, showSuccess } from '@/lib/toast';

interface PowerServerProps {
  server: GameServer;
  spending: Spending;
  renderedAt: number;
}

/** Stops or starts a server, after showing what that does to the cost per hour and to the runway. */
export function PowerServer({ server, spending, renderedAt }: PowerServerProps) {
  const t = useTranslations('servers.power');
  const refusal = useRefusal();
  const router = useRouter();
  const { syncCreditsAfterApiCall } = useCreditsSync();
  const [pending, setPending] = useState(false);
  const now = useNow(renderedAt);
  const { name, per_hour: perHour } = server;
  const on = server.status === 'stopped';
  const change = on ? (perHour ?? 0) : -savedPerHour(server);
  const missing = on ? Math.max(0, (perHour ?? 0) - spending.available) : 0;

  async function handlePower() {
    setPending(true);
    const result = await send<ServerPowerAnswer>('POST', `/api/servers/${server.id}/power`, { on });
    setPending(false);
    if (result.ok) {
      await syncCreditsAfterApiCall(result.answer);
      showSuccess(t(on ? 'started' : 'stopped', { name }));
    } else {
      showError(t(on ? 'notStarted' : 'notStopped'), refusal(result.failure));
    }
    router.refresh();
  }

  return (
    <AlertDialog>
      <AlertDialogTrigger asChild>
        <Button variant={on ? 'default' : 'outline'} disabled={pending}>
          {on ? <Play /> : <Square />} {t(on ? 'start' : 'stop')}
        </Button>
      </AlertDialogTrigger>
      <AlertDialogContent>
        <div className="grid gap-4">
          <div>
            <AlertDialogTitle>{t(on ? 'startAsk' : 'stopAsk', { name })}</AlertDialogTitle>
            <AlertDialogDescription>{describe(server, { t, missing })}</AlertDialogDescription>
          </div>
          {change === 0 || missing > 0 ? null : (
            <RunwayEffect
              perHour={{ before: spending.perHour, after: spending.perHour + change }}
              until={{
                before: spending.exhaustsAtMs,
                after: on ? runwayOnceOn(server, spending, now) : runwayOnceOff(server, spending, now),
              }}
              now={now}
            />
          )}
        </div>
        <AlertDialogFooter>
          <AlertDialogCancel>{t(on ? 'notNow' : 'keepRunning')}</AlertDialogCancel>
          <AlertDialogAction
            className={buttonVariants({ variant: 'default' })}
            disabled={missing > 0}
            onClick={() => void handlePower()}
          >
            {t(on ? 'start' : 'stop')}
          </AlertDialogAction>
        </AlertDialogFooter>
      </AlertDialogContent>
    </AlertDialog>
  );
}

function describe(
  { status, per_hour: perHour }: GameServer,
  { t, missing }: { t: Translator<'servers.power'>; missing: number },
): string {
  if (missing > 0) return t('short', { amount: formatCreditsWithUnit(missing) });
  if (status !== 'stopped') {
    return t(perHour === null ? 'stopText' : 'stopTextHourly');
  }
  return t(perHour === null ? 'startText' : 'startTextHourly');
}
