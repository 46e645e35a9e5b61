import { useTranslations } from 'next-intl';
import { translateReason } from '@/components/credits/messages';
import type { GameServer } from '@/lib/api';
import { UNIT } from '@/lib/unit';
import { cn } from '@/lib/utils';

/** What a person should know of a server that does not simply run; nothing otherwise. */
export function ServerNote({ server, className }: { server: GameServer; className?: string }) {
  const t = useTranslations('servers.note');
  const tone = 'rounded-md px-3 py-2 text-[0.8125rem]';
  switch (server.status) {
    case 'failed':
      return (
        <p className={cn(tone, 'bg-destructive-soft text-destructive', className)}>
          {t('notCharged', { why: server.failure === null ? t('failed') : translateReason(server.failure) })}
        </p>
      );
    case 'suspended':
      return (
        <p className={cn(tone, 'bg-destructive-soft text-destructive', className)}>
          {t('suspended', { unit: UNIT.many })}
        </p>
      );
    case 'provisioning':
      return (
        <p className={cn(tone, 'bg-info-soft text-info', className)}>
          {t('provisioning', { unit: UNIT.many, Unit: UNIT.title })}
        </p>
      );
    default:
      return null;
  }
}
