import type { GameServer } from '@/lib/api';
import { UNIT } from '@/lib/unit';
import { cn } from '@/lib/utils';

/** What a person should know of a server that does not simply run; nothing otherwise. */
export function ServerNote({ server, className }: { server: GameServer; className?: string }) {
  const tone = 'rounded-md px-3 py-2 text-[0.8125rem]';
  switch (server.status) {
    case 'failed':
      return (
        <p className={cn(tone, 'bg-destructive-soft text-destructive', className)}>
          {server.failure ?? 'Setup failed.'} You were not charged.
        </p>
      );
    case 'suspended':
      return (
        <p className={cn(tone, 'bg-destructive-soft text-destructive', className)}>
          Your {UNIT.many} ran out. Nothing is lost, and it costs nothing now. It runs again as soon as you have{' '}
          {UNIT.many}.
        </p>
      );
    case 'provisioning':
      return (
        <p className={cn(tone, 'bg-info-soft text-info', className)}>
          Setting up. {UNIT.title} are reserved, not charged yet.
        </p>
      );
    default:
      return null;
  }
}
