import { useTranslations } from 'next-intl';
import { CircleAlert, CircleCheck, CirclePause, CircleStop, LoaderCircle, Trash2 } from 'lucide-react';

import { Badge } from '@/components/ui/badge';
import type { GameServer } from '@/lib/api';
import { UNIT } from '@/lib/unit';

/** How a server stands, as a badge: a word with a sign, never a colour alone. */
export function ServerStatus({ status }: { status: GameServer['status'] }) {
  const t = useTranslations('servers.status');
  switch (status) {
    case 'running':
      return (
        <Badge variant="success">
          <CircleCheck aria-hidden /> {t('running')}
        </Badge>
      );
    case 'provisioning':
      return (
        <Badge variant="info">
          <LoaderCircle className="animate-spin" aria-hidden /> {t('provisioning')}
        </Badge>
      );
    case 'failed':
      return (
        <Badge variant="destructive">
          <CircleAlert aria-hidden /> {t('failed')}
        </Badge>
      );
    case 'stopped':
      return (
        <Badge>
          <CircleStop aria-hidden /> {t('stopped')}
        </Badge>
      );
    case 'suspended':
      return (
        <Badge variant="destructive">
          <CirclePause aria-hidden /> {t('suspended')}
        </Badge>
      );
    case 'deleting':
      return (
        <Badge>
          <Trash2 aria-hidden /> {t('deleting')}
        </Badge>
      );
    case 'deleted':
      return (
        <Badge>
          <Trash2 aria-hidden /> {t('deleted')}
        </Badge>
      );
  }
}

/** Says wherever servers are shown that none of them exists. */
export function SimulatorBadge() {
  const t = useTranslations('servers.simulated');
  return (
    <Badge variant="outline" title={t('text', { unit: UNIT.many })}>
      {t('badge')}
    </Badge>
  );
}
