'use client';
import { Scale } from 'lucide-react';
import { useState } from 'react';

import { loadLater } from '../overlay';
import { Button } from '../ui/button';
import { Dialog, DialogContent, DialogDescription, DialogHeader, DialogTitle, DialogTrigger } from '../ui/dialog';
import { translate } from './messages';
import type { AdjustableUser, Adjustment } from './adjust-form';

const later = loadLater(() => import('./adjust-form'));

interface AdjustDialogProps {
  /** Whose balance, as it is shown beside the button. */
  user: AdjustableUser;
  /** Called after each response, with what was done; null where nothing was. Time to read again what is shown. */
  onAnswer?: (adjustment: Adjustment | null) => void;
}

/**
 * Changes a user's balance, with a reason that they will read: by an amount, or to an exact one.
 *
 * The exact form says which version it was decided on. If the balance has moved since, nothing is changed and both
 * numbers are shown, since "make it 500" was meant for the number that stood there.
 *
 * Asks `POST /api/admin/users/<id>/coins`, which decides who is an administrator: a button is no permission.
 */
export function AdjustDialog({ user, onAnswer }: AdjustDialogProps) {
  const [open, setOpen] = useState(false);
  const AdjustForm = later.useLoaded(open)?.AdjustForm;
  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <DialogTrigger asChild>
        <Button>
          <Scale /> {translate('adjust')}
        </Button>
      </DialogTrigger>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>{translate('adjustTitle', { name: user.username })}</DialogTitle>
          <DialogDescription>{translate('adjustText')}</DialogDescription>
        </DialogHeader>
        {AdjustForm === undefined ? null : <AdjustForm user={user} onAnswer={onAnswer} onDone={() => setOpen(false)} />}
      </DialogContent>
    </Dialog>
  );
}
