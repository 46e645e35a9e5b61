'use client';
import { useTranslations } from 'next-intl';
import { Trash2 } from 'lucide-react';
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
import { runwayOnceOff, savedPerHour } from '@/components/servers/power';
import { RunwayEffect } from '@/components/servers/runway-effect';
import { useNow } from '@/components/servers/runway';
import { Button } from '@/components/ui/button';
import { useCreditsSync } from '@/hooks/useCreditsUpdate';
import type { Translator } from '@/i18n/translator';
import type { GameServer, ServerDeleteAnswer } from '@/lib/api';
import type { Spending } from '@/lib/runway';
import { showError, showSuccess } from '@/lib/toast';
import { UNIT } from '@/lib/unit';

interface DeleteServerProps {
  server: GameServer;
  spending: Spending;
  renderedAt: number;
  /** Where to go once it is gone. By default the page stays. */
  leaveTo?: string;
}

/** Deletes a server after asking once more: what is on it is gone for good, and what that does to the runway. */
export function DeleteServer({ server, spending, renderedAt, leaveTo }: DeleteServerProps) {
  const t = useTranslations('servers.delete');
  const refusal = useRefusal();
  const router = useRouter();
  const { syncCreditsAfterApiCall } = useCreditsSync();
  const [pending, setPending] = useState(false);
  const now = useNow(renderedAt);
  const failed = server.status === 'failed';
  const saved = savedPerHour(server);

  async function handleDelete() {
    setPending(true);
    const result = await send<ServerDeleteAnswer>('DELETE', `/api/servers/${server.id}`);
    setPending(false);
    if (result.ok) {
      await syncCreditsAfterApiCall(result.answer);
      showSuccess(failed ? t('removed') : t('deleted', { name: server.name }));
      if (leaveTo !== undefined) router.push(leaveTo);
    } else {
      showError(t('failed'), refusal(result.failure));
    }
    router.refresh();
  }

  return (
    <AlertDialog>
      <AlertDialogTrigger asChild>
        <Button variant="ghost" size="sm" className="text-muted-foreground" disabled={pending}>
          <Trash2 /> {t(failed ? 'remove' : 'delete')}
          <span className="sr-only"> {server.name}</span>
        </Button>
      </AlertDialogTrigger>
      <AlertDialogContent>
        <div className="grid gap-4">
          <div>
            <AlertDialogTitle>{t(failed ? 'removeAsk' : 'deleteAsk', { name: server.name })}</AlertDialogTitle>
            <AlertDialogDescription>{describeLoss(server, t)}</AlertDialogDescription>
          </div>
          {saved === 0 ? null : (
            <RunwayEffect
              perHour={{ before: spending.perHour, after: spending.perHour - saved }}
              until={{ before: spending.exhaustsAtMs, after: runwayOnceOff(server, spending, now) }}
              now={now}
            />
          )}
        </div>
        <AlertDialogFooter>
          <AlertDialogCancel>{t('keep')}</AlertDialogCancel>
          <AlertDialogAction onClick={() => void handleDelete()}>{t(failed ? 'remove' : 'delete')}</AlertDialogAction>
        </AlertDialogFooter>
      </AlertDialogContent>
    </AlertDialog>
  );
}

function describeLoss({ status, per_hour: perHour }: GameServer, t: Translator<'servers.delete'>): string {
  if (status === 'failed') return t('neverRan');
  return t(perHour === null ? 'loss' : 'lossHourly', { unit: UNIT.many });
}
