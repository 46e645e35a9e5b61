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
import { Button } from '@/components/ui/button';
import { useCreditsSync } from '@/hooks/useCreditsUpdate';
import type { GameServer, ServerDeleteAnswer } from '@/lib/api';
import { send } from '@/components/credits/send';
import { showError, showSuccess } from '@/lib/toast';

/** Deletes a server after asking once more: what is on it is gone for good, and is not paid back. */
export function DeleteServer({ server }: { server: GameServer }) {
  const router = useRouter();
  const { syncCreditsAfterApiCall } = useCreditsSync();
  const [pending, setPending] = useState(false);
  const failed = server.status === 'failed';

  async function handleDelete() {
    setPending(true);
    const result = await send<ServerDeleteAnswer>('DELETE', `/api/servers/${server.id}`);
    setPending(false);
    if (result.ok) {
      await syncCreditsAfterApiCall(result.answer);
      showSuccess(failed ? 'Removed from the list' : `“${server.name}” is deleted`);
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
        <div>
          <AlertDialogTitle>{failed ? `Remove “${server.name}”?` : `Delete “${server.name}”?`}</AlertDialogTitle>
          <AlertDialogDescription>
            {failed
              ? 'It never ran and cost nothing. Only its place in this list goes.'
              : 'Everything on it is gone for good. The credits it cost are not paid back.'}
          </AlertDialogDescription>
        </div>
        <AlertDialogFooter>
          <AlertDialogCancel>Keep it</AlertDialogCancel>
          <AlertDialogAction onClick={() => void handleDelete()}>{failed ? 'Remove' : 'Delete'}</AlertDialogAction>
        </AlertDialogFooter>
      </AlertDialogContent>
    </AlertDialog>
  );
}
