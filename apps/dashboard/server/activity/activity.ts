import { CreditsError, type Entry } from 'realtime-credits';
import type { ActivityFilter, ActivityLine, ActivityReader, Ledger } from 'realtime-credits-server';
import type { ActivityQuery } from '../../lib/activity.ts';
import type { ActivityAnswer, ActivityItem, ActivityItemAnswer, ActivityTotalsAnswer } from '../../lib/api.ts';
import type { Names } from '../names.ts';
import { dayAfter, startOfDay } from './day-start.ts';
import { GROUP_FILTERS, toGroup } from './groups.ts';

/** What happened to a user's balance, for that user: names instead of ids, and nothing that is somebody else's. */
export interface Activity {
  page(
    userId: string,
    query: ActivityQuery,
    page: { before?: string | undefined; limit: number },
  ): Promise<ActivityAnswer['data']>;
  totals(userId: string, query: ActivityQuery): Promise<ActivityTotalsAnswer['data']>;
  /** @throws {CreditsError} `not_found` — the user has no such line */
  find(userId: string, version: number): Promise<ActivityItemAnswer['data']>;
}

export interface ActivityOptions {
  reader: ActivityReader;
  ledger: Pick<Ledger, 'snapshot'>;
  names: Names;
  /** Whose days count where a query names no zone. */
  timeZone: string;
}

export function createActivity({ reader, ledger, names, timeZone }: ActivityOptions): Activity {
  async function toFilter(query: ActivityQuery): Promise<ActivityFilter> {
    const { way, type, q, min, max, from, to, tz = timeZone } = query;
    // A whole name finds what was sent to that user and what they sent; a part of one would tell who else exists.
    const other = q === undefined ? null : await names.find(q.replace(/^@/, ''));
    return {
      ...(type === undefined ? {} : GROUP_FILTERS[type]),
      ...(way === undefined ? {} : { direction: way }),
      ...(q === undefined ? {} : { text: { reason: q, ...(other === null ? {} : { counterparty: other }) } }),
      ...(min === undefined ? {} : { amountMin: Number(min) }),
      ...(max === undefined ? {} : { amountMax: Number(max) }),
      ...(from === undefined ? {} : { from: startOfDay(from, tz).toISOString() }),
      ...(to === undefined ? {} : { until: startOfDay(dayAfter(to), tz).toISOString() }),
    };
  }

  async function toItem(userId: string, line: ActivityLine): Promise<ActivityItem> {
    const other = line.counterparty === null ? null : await names.read(line.counterparty);
    const { hold, reverses } = line;
    return {
      version: line.version,
      group: toGroup(line),
      reason: line.reason,
      amount: line.amount,
      change: line.change,
      balance: line.balance,
      by: toActor(line.actor, { userId, counterparty: line.counterparty, other }),
      other,
      reserved: hold === null ? null : { amount: hold.amount, until: hold.expiresAt },
      reverses:
        reverses === null
          ? null
          : {
              version: reverses.version,
              amount: reverses.amount,
              reason: reverses.reason,
              created_at: reverses.createdAt,
            },
      reversed_by: line.reversedBy,
      reference: line.transfer ?? hold?.id ?? null,
      created_at: line.createdAt,
    };
  }

  return Object.freeze({
    async page(userId: string, query: ActivityQuery, page: { before?: string | undefined; limit: number }) {
      // Also settles reservations that ran out: none is shown as open.
      const [filter, { version }] = await Promise.all([toFilter(query), ledger.snapshot(userId)]);
      const { before, limit } = page;
      const { lines, next } = await reader.page(userId, { filter, limit, ...(before === undefined ? {} : { before }) });
      return { items: await Promise.all(lines.map((line) => toItem(userId, line))), next, version };
    },
    async totals(userId: string, query: ActivityQuery) {
      const [filter] = await Promise.all([toFilter(query), ledger.snapshot(userId)]);
      const { groups, balance, version } = await reader.totals(userId, filter);
      const sums = new Map<string, ActivityTotalsAnswer['data']['groups'][number]>();
      const totals = { count: 0, in: 0, out: 0, reserved: 0 };
      for (const { kind, category, count, amount, in: added, out: taken } of groups) {
        const group = toGroup({ kind, category });
        const sum = sums.get(group) ?? { group, count: 0, amount: 0, change: 0 };
        sums.set(group, {
          group,
          count: sum.count + count,
          amount: sum.amount + amount,
          change: sum.change + added - taken,
        });
        totals.count += count;
        totals.in += added;
        if (kind === 'reserved') totals.reserved += taken;
        else totals.out += taken;
      }
      return { ...totals, groups: [...sums.values()], balance, version };
    },
    async find(userId: string, version: number) {
      await ledger.snapshot(userId);
      const found = await reader.find(userId, version);
      if (found === null) throw new CreditsError('not_found');
      const item = await toItem(userId, found.line);
      const { counterparty } = found.line;
      return {
        item,
        steps: found.entries.map((entry) => ({
          version: entry.version,
          step: toStep(entry),
          amount: entry.amount,
          reason: entry.reason,
          by: toActor(entry.actor, { userId, counterparty, other: item.other }),
          before: entry.before,
          after: entry.after,
          created_at: entry.createdAt,
        })),
      };
    },
  });
}

function toActor(
  actor: string,
  { userId, counterparty, other }: { userId: string; counterparty: string | null; other: string | null },
): ActivityItem['by'] {
  if (actor === userId) return { kind: 'you' };
  if (actor.startsWith('system:')) return { kind: 'dashboard' };
  return actor === counterparty ? { kind: 'user', username: other } : { kind: 'team' };
}

function toStep({ kind }: Entry): ActivityItemAnswer['data']['steps'][number]['step'] {
  return ({ transfer: 'moved', hold: 'reserved', post: 'charged', void: 'released', expire: 'expired' } as const)[kind];
}
