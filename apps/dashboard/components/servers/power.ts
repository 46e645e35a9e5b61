import type { Burn, GameServer } from '@/lib/api';
import { runwayWith, type Spending } from '@/lib/runway';

/** What a person has and spends by the hour. @param available - Credits that can be spent. */
export function toSpending(burn: Burn, available: number): Spending {
  return {
    available,
    perHour: burn.per_hour,
    exhaustsAtMs: burn.exhausts_at === null ? null : Date.parse(burn.exhausts_at),
  };
}

/** How much less is spent by the hour once a server is off. */
export function savedPerHour({ status, per_hour: perHour }: GameServer): number {
  return status === 'running' ? (perHour ?? 0) : 0;
}

/** When credits run out once a server is started. */
export function runwayOnceOn(server: GameServer, spending: Spending, nowMs: number): number | null {
  return runwayWith(spending, server.per_hour ?? 0, nowMs);
}

/** When credits run out once a server is off. */
export function runwayOnceOff(server: GameServer, spending: Spending, nowMs: number): number | null {
  return runwayWith(spending, -savedPerHour(server), nowMs);
}
