'use client';
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
import { send } from '@/components/credits/send';
import { runwayOnceOff, savedPerHour } from '@/components/servers/power';
import { RunwayEffect } from '@/components/servers/runway-effect';
import { useNow } from '@/components/servers/runway';
import { Button } from '@/components/ui/button';
import { useCreditsSync } from '@/hooks/useCreditsUpdate';
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
      showSuccess(failed ? 'Removed from the list' : `“${server.name}” is deleted`);
      if (leaveTo !== undefined) router.push(leaveTo);
    } else {
      showError('The server was not deleted', result.failure.message);
    }
    router.refresh();
  }

  return (
    <AlertDialog>
      <AlertDialogTrigger asChild>
        <Button variant="ghost" size="sm" className="text-muted-foreground" disabled={pending}>
          <Trash2 /> {failed ? 'Remove' : 'Delete'}
          <span className="sr-only"> {server.name}</span>
        </Button>
      </AlertDialogTrigger>
      <AlertDialogContent>
        <div className="grid gap-4">
          <div>
            <AlertDialogTitle>{failed ? `Remove “${server.name}”?` : `Delete “${server.name}”?`}</AlertDialogTitle>
            <AlertDialogDescription>{describeLoss(server)}</AlertDialogDescription>
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
          <AlertDialogCancel>Keep it</AlertDialogCancel>
          <AlertDialogAction onClick={() => void handleDelete()}>{failed ? 'Remove' : 'Delete'}</AlertDialogAction>
        </AlertDialogFooter>
      </AlertDialogContent>
    </AlertDialog>
  );
}

function describeLoss({ status, per_hour: perHour }: GameServer): string {
  if (status === 'failed') return 'It never ran and cost nothing. Only its place in this list goes.';
  return perHour === null
    ? `Everything on it is gone for good. The ${UNIT.many} it cost are not paid back.`
    : `Everything on it is gone for good. It stops costing ${UNIT.many} at once. What it cost so far is not paid back.`;
}
