import { CircleAlert, CircleCheck, CirclePause, CircleStop, LoaderCircle, Trash2 } from 'lucide-react';

import { Badge } from '@/components/ui/badge';
import type { GameServer } from '@/lib/api';
import { UNIT } from '@/lib/unit';

/** How a server stands, as a badge: a word with a sign, never a colour alone. */
export function ServerStatus({ status }: { status: GameServer['status'] }) {
  switch (status) {
    case 'running':
      return (
        <Badge variant="success">
          <CircleCheck aria-hidden /> Running
        </Badge>
      );
    case 'provisioning':
      return (
        <Badge variant="info">
          <LoaderCircle className="animate-spin" aria-hidden /> Setting up
        </Badge>
      );
    case 'failed':
      return (
        <Badge variant="destructive">
          <CircleAlert aria-hidden /> Failed
        </Badge>
      );
    case 'stopped':
      return (
        <Badge>
          <CircleStop aria-hidden /> Stopped
        </Badge>
      );
    case 'suspended':
      return (
        <Badge variant="destructive">
          <CirclePause aria-hidden /> Suspended
        </Badge>
      );
    case 'deleting':
      return (
        <Badge>
          <Trash2 aria-hidden /> Deleting
        </Badge>
      );
    case 'deleted':
      return (
        <Badge>
          <Trash2 aria-hidden /> Deleted
        </Badge>
      );
  }
}

/** Says wherever servers are shown that none of them exists. */
export function SimulatorBadge() {
  return (
    <Badge variant="outline" title={`No panel is connected: servers are simulated, ${UNIT.many} are real.`}>
      Simulated servers
    </Badge>
  );
}
