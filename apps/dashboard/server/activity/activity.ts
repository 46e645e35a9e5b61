import { CreditsError, type Entry } from 'realtime-credits';
import type { ActivityFilter, ActivityReader, Ledger } from 'realtime-credits-server';
import type { ActivityQuery } from '../../lib/activity.ts';
import { formatHours } from '../../lib/format.ts';
import type {
  ActivityAnswer,
  ActivityItem,
  ActivityItemAnswer,
  ActivityTotalsAnswer,
  BalancesAnswer,
} from '../../lib/api.ts';
import type { Names } from '../names.ts';
import { dayAfter, startOfDay } from './day-start.ts';
import { createDay } from '../daily/day.ts';
import { GROUP_FILTERS, HIDDEN, toGroup } from './groups.ts';
import { readUsagePage, toUsageMs, type UsageLine } from './usage.ts';

/** Users learn that the team did something; administrators learn who of it. @default 'user' */
export type ActivityReaderRole = 'user' | 'admin';

/** What happened to a user's balance, for that user: names instead of ids, and nothing that is somebody else's. */
export interface Activity {
  page(
    userId: string,
    query: ActivityQuery,
    page: { before?: string | undefined; limit: number; reader?: ActivityReaderRole },
  ): Promise<ActivityAnswer['data']>;
  totals(userId: string, query: ActivityQuery): Promise<ActivityTotalsAnswer['data']>;
  /** What rates charged, newest first, and their sum. */
  charges(userId: string, rates: readonly string[], limit: number): Promise<{ items: ActivityItem[]; charged: number }>;
  /** For a chart: the balance from `from` on, or all of it. */
  balances(userId: string, from?: string): Promise<BalancesAnswer['data']>;
  /** @throws {CreditsError} `not_found` — the user has no such line */
  find(userId: string, version: number): Promise<ActivityItemAnswer['data']>;
}

export interface ActivityOptions {
  reader: ActivityReader;
  ledger: Pick<Ledger, 'snapshot'>;
  names: Names;
  /** The servers that rates of a user charge for. */
  findServers: (userId: string, rates: readonly string[]) => Promise<ReadonlyMap<string, number>>;
  /** Whose days count where a query names no zone. */
  timeZone: string;
}

const NONE: ReadonlyMap<string, number> = new Map();

export function createActivity({ reader, ledger, names, findServers, timeZone }: ActivityOptions): Activity {
  async function toFilter(query: ActivityQuery): Promise<ActivityFilter> {
    const { way, type, q, min, max, from, to, tz = timeZone } = query;
    // A whole name finds what was sent to that user and what they sent; a part of one would tell who else exists.
    const other = q === undefined ? null : await names.find(q.replace(/^@/, ''));
    const group: ActivityFilter = type === undefined ? {} : GROUP_FILTERS[type];
    return {
      ...group,
      exceptCategories: [...(group.exceptCategories ?? []), HIDDEN],
      ...(way === undefined ? {} : { direction: way }),
      ...(q === undefined ? {} : { text: { reason: q, ...(other === null ? {} : { counterparty: other }) } }),
      ...(min === undefined ? {} : { amountMin: Number(min) }),
      ...(max === undefined ? {} : { amountMax: Number(max) }),
      ...(from === undefined ? {} : { from: startOfDay(from, tz).toISOString() }),
      ...(to === undefined ? {} : { until: startOfDay(dayAfter(to), tz).toISOString() }),
    };
  }

  async function readItems(
    userId: string,
    filter: ActivityFilter,
    {
      before,
      limit,
      reader: role,
      timeZone: zone = timeZone,
    }: Parameters<Activity['page']>[2] & { timeZone?: string | undefined },
  ): Promise<{ items: ActivityItem[]; next: string | null }> {
    const { of } = createDay(zone);
    const { lines, next } = await readUsagePage({
      read: (page) => reader.page(userId, { filter, ...page }),
      before,
      limit,
      toDay: (iso) => of(Date.parse(iso)),
    });
    const rates = [...new Set(lines.flatMap(({ rate }) => rate?.id ?? []))];
    const servers = rates.length === 0 ? NONE : await findServers(userId, rates);
    return { items: await Promise.all(lines.map((line) => toItem(userId, line, servers, role))), next };
  }

  async function toItem(
    userId: string,
    line: UsageLine,
    servers: ReadonlyMap<string, number>,
    role: ActivityReaderRole = 'user',
  ): Promise<ActivityItem> {
    const [other, actor] = await Promise.all([
      line.counterparty === null ? null : names.read(line.counterparty),
      role === 'admin' ? names.read(line.actor) : null,
    ]);
    const { hold, rate, reverses, usageMs } = line;
    const by = toActor(line.actor, { userId, counterparty: line.counterparty, other });
    return {
      version: line.version,
      usage:
        rate === null || usageMs === null
          ? null
          : { server: servers.get(rate.id) ?? null, name: rate.resource, duration_ms: usageMs },
      group: toGroup(line),
      reason: rate === null || usageMs === null ? line.reason : `Hosting: ${rate.resource}, ${formatHours(usageMs)}`,
      amount: line.amount,
      change: line.change,
      balance: line.balance,
      by: by.kind === 'team' && actor !== null ? { kind: 'team', username: actor } : by,
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
    async page(
      userId: string,
      query: ActivityQuery,
      page: { before?: string | undefined; limit: number; reader?: ActivityReaderRole },
    ) {
      // Also settles reservations that ran out: none is shown as open.
      const [filter, { version }] = await Promise.all([toFilter(query), ledger.snapshot(userId)]);
      return { ...(await readItems(userId, filter, { ...page, timeZone: query.tz })), version };
    },
    async charges(userId: string, rates: readonly string[], limit: number) {
      if (rates.length === 0) return { items: [], charged: 0 };
      const filter = { rates };
      const { items } = await readItems(userId, filter, { limit });
      const { groups } = await reader.totals(userId, filter);
      return { items, charged: groups.reduce((sum, group) => sum + group.out - group.in, 0) };
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
    async balances(userId: string, from?: string) {
      const { version } = await ledger.snapshot(userId);
      const points = await reader.balances(userId, from === undefined ? {} : { from });
      return {
        points: points.map(({ available, createdAt }) => ({ available, created_at: createdAt })),
        version,
      };
    },
    async find(userId: string, version: number) {
      await ledger.snapshot(userId);
      const found = await reader.find(userId, version);
      if (found === null) throw new CreditsError('not_found');
      const { rate } = found.line;
      const usageMs = rate === null ? null : toUsageMs(found.line);
      const servers = rate === null ? NONE : await findServers(userId, [rate.id]);
      const item = await toItem(userId, { ...found.line, usageMs }, servers);
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
  return (
    {
      transfer: 'moved',
      hold: 'reserved',
      post: 'charged',
      void: 'released',
      expire: 'expired',
      rate: 'moved',
      allowance: 'moved',
    } as const
  )[kind];
}
