import type { OperatorReader } from 'realtime-credits-server';
import type { AdminTrendsAnswer } from '../../lib/admin-api.ts';
import { startOfDay } from '../activity/day-start.ts';
import type { Day } from '../daily/day.ts';
import type { Names } from '../names.ts';
import type { Referrals } from '../referrals/referrals.ts';

/** How the whole dashboard did over some days, of the ledger's own figures: nothing is counted twice or kept beside them. */
export interface Trends {
  /** @param days - Calendar days, of which today is the last one. */
  read(days: number): Promise<AdminTrendsAnswer['data']>;
}

export interface TrendsOptions {
  operator: Pick<OperatorReader, 'circulationAt' | 'movers'>;
  referrals: Pick<Referrals, 'readFunnel'>;
  names: Pick<Names, 'read'>;
  day: Day;
  /** Wall-clock milliseconds. */
  now: () => number;
}

const MOVERS_SHOWN = 6;
/** Clocks differ: what another one has written already counts as well. */
const AHEAD_MS = 3_600_000;

export function createTrends({ operator, referrals, names, day, now }: TrendsOptions): Trends {
  return Object.freeze({
    async read(count: number) {
      const nowMs = now();
      const days = [day.of(nowMs)];
      while (days.length < count) days.unshift(day.before(days[0] ?? ''));
      const starts = toStarts(day, days, nowMs);
      const from = new Date(starts[0] ?? nowMs).toISOString();
      const ends = [...starts.slice(1), nowMs];
      const [points, { movers, since }, funnel] = await Promise.all([
        operator.circulationAt([...starts, nowMs + AHEAD_MS].map((instantMs) => new Date(instantMs).toISOString())),
        operator.movers({ from, limit: MOVERS_SHOWN }),
        referrals.readFunnel({ day: days[0] ?? '', instant: from }),
      ]);
      const figures = days.map((each, index) => {
        const [before, after] = [points[index], points[index + 1]];
        const grown = (name: 'issued' | 'spent' | 'expired') => (after?.[name] ?? 0) - (before?.[name] ?? 0);
        return {
          day: each,
          issued: grown('issued'),
          spent: grown('spent'),
          expired: grown('expired'),
          circulating: after?.circulating ?? 0,
          ends_at: new Date(ends[index] ?? nowMs).toISOString(),
        };
      });
      const people = movers.map(async ({ account, in: added, out, transfers }) => ({
        user_id: account,
        username: (await names.read(account)) ?? 'A closed account',
        in: added,
        out,
        transfers,
      }));
      return {
        from,
        circulating_before: points[0]?.circulating ?? 0,
        days: figures,
        movers: { since, people: await Promise.all(people) },
        referrals: funnel,
      };
    },
  });
}

/** The instant at which each day begins. */
function toStarts(day: Day, days: readonly string[], nowMs: number): number[] {
  const [first = ''] = days;
  const starts = [startOfDay(first, day.timeZone).getTime()];
  while (starts.length < days.length) starts.push(day.endOf(starts.at(-1) ?? nowMs));
  return starts;
}
