import { CreditsError, type Transfer } from 'realtime-credits/contract';
import type { ActivityLine, ActivityReader, ActivityTotals, BalancePoint } from '../ledger/activity.ts';
import type { LedgerHealth, OperatorReader, TransferFilter, TransferListPage } from '../ledger/operator.ts';
import { segmentsOf, type Placement, type Segment } from './directory.ts';
import { CLEARING, FLOAT, type Member } from './member.ts';
import { memberOf, parseOwn, type Routing } from './route-commands.ts';
import { toPublicEntry, toPublicId, toPublicTransfer, toPublicVersion } from './views.ts';

/** The readers for operators and activity lists over several ledgers. */

const LIMIT = 25;

export function createRoutedOperator({ members, directory }: Routing): OperatorReader {
  return Object.freeze<OperatorReader>({
    async transfers(options = {}) {
      const { filter, before, limit = LIMIT } = options;
      const account = filter?.account;
      const placement = account === undefined ? null : await directory.find(parseOwn(account));
      const asked =
        placement === null ? members : segmentsOf(placement).map(({ position }) => memberOf(members, position));
      return readTransfers([...new Set(asked)], { filter, before, limit });
    },
    async circulationAt(instants) {
      const parts = await Promise.all(members.map(({ operator }) => operator.circulationAt(instants)));
      return (parts[0] ?? []).map(({ at }, index) => {
        const sum = (name: 'issued' | 'spent' | 'expired' | 'circulating', hasFloat: boolean): number =>
          parts.reduce((total, part, position) => {
            const isJoined = hasFloat && (members[position]?.joinedAtMs ?? 0) < Date.parse(at);
            return total + (part[index]?.[name] ?? 0) - (isJoined ? FLOAT : 0);
          }, 0);
        return {
          at,
          issued: sum('issued', true),
          spent: sum('spent', false),
          expired: sum('expired', false),
          circulating: sum('circulating', true),
        };
      });
    },
    async movers({ from, limit = 10 }) {
      const reports = await Promise.all(
        members.map(({ operator }) => operator.movers({ from, limit: Math.min(limit + 1, 100) })),
      );
      const byAccount = new Map<string, { account: string; in: number; out: number; transfers: number }>();
      for (const mover of reports.flatMap(({ movers }) => movers)) {
        if (mover.account === CLEARING) continue;
        const known = byAccount.get(mover.account) ?? { account: mover.account, in: 0, out: 0, transfers: 0 };
        byAccount.set(mover.account, {
          account: mover.account,
          in: known.in + mover.in,
          out: known.out + mover.out,
          transfers: known.transfers + mover.transfers,
        });
      }
      const movers = [...byAccount.values()].toSorted((a, b) => b.in + b.out - a.in - a.out).slice(0, limit);
      return {
        movers,
        since:
          reports
            .map(({ since }) => since)
            .toSorted()
            .at(-1) ?? from,
      };
    },
    async health() {
      const parts = await Promise.all(members.map(({ operator }) => operator.health()));
      const sum = (read: (health: LedgerHealth) => number): number =>
        parts.reduce((total, part) => total + read(part), 0);
      const first = (read: (health: LedgerHealth) => string | null): string | null =>
        parts
          .map(read)
          .filter((at) => at !== null)
          .toSorted()[0] ?? null;
      const upkeep = (name: 'rates' | 'allowances' | 'lots' | 'holds') => ({
        due: sum((part) => part[name].due),
        next: first((part) => part[name].next),
      });
      return {
        at: first(({ at }) => at) ?? '',
        rates: {
          ...upkeep('rates'),
          active: sum(({ rates }) => rates.active),
          suspended: sum(({ rates }) => rates.suspended),
        },
        allowances: { ...upkeep('allowances'), active: sum(({ allowances }) => allowances.active) },
        lots: upkeep('lots'),
        holds: upkeep('holds'),
        events: {
          pending: sum(({ events }) => events.pending),
          failed: sum(({ events }) => events.failed),
          oldestPendingAt: first(({ events }) => events.oldestPendingAt),
        },
      };
    },
  });
}

/**
 * Merges the lists of several ledgers by instant. A cursor has the cursor of each: empty from its beginning, `-` at its end.
 * Each ledger's list is read from where the last page stopped to need it, so transfers of a page may be read twice.
 */
async function readTransfers(
  asked: readonly Member[],
  { filter, before, limit }: { filter: TransferFilter | undefined; before: string | undefined; limit: number },
): Promise<TransferListPage> {
  const cursors = before === undefined ? asked.map(() => '') : before.split('/');
  if (cursors.length !== asked.length) {
    throw new CreditsError('invalid_request', 'before must be the next of a page with the same filter.', {
      details: { field: 'before' },
    });
  }
  const read = async (member: Member, cursor: string, size: number): Promise<TransferListPage> =>
    cursor === '-'
      ? { transfers: [], next: null }
      : member.operator.transfers({
          ...(filter === undefined ? {} : { filter }),
          ...(cursor === '' ? {} : { before: cursor }),
          limit: size,
        });
  const pages = await Promise.all(asked.map((member, index) => read(member, cursors[index] ?? '', limit)));
  const merged = pages
    .flatMap(({ transfers }, index) => transfers.map((transfer) => ({ transfer, index })))
    .toSorted((a, b) =>
      a.transfer.createdAt < b.transfer.createdAt ? 1 : a.transfer.createdAt > b.transfer.createdAt ? -1 : 0,
    )
    .slice(0, limit);
  const next = await Promise.all(
    pages.map(async ({ transfers, next: end }, index) => {
      const used = merged.filter((each) => each.index === index).length;
      if (used === transfers.length) return end ?? '-';
      if (used === 0) return cursors[index] ?? '';
      // A shorter page ends at the last one that was used.
      const member = asked[index];
      return member === undefined ? '-' : ((await read(member, cursors[index] ?? '', used)).next ?? '-');
    }),
  );
  const transfers = merged
    .filter(({ transfer }) => isShown(transfer, filter?.account))
    .map(({ transfer, index }) => toPublicTransfer(transfer, asked[index]?.position ?? 0));
  return { transfers, next: next.every((cursor) => cursor === '-') ? null : next.join('/') };
}

/** Of the two rows of a transfer between ledgers, a list of all accounts shows the sender's. */
function isShown({ source, destination }: Transfer, account: string | undefined): boolean {
  if (source === CLEARING) return account !== undefined;
  return destination !== CLEARING || source !== 'system:issued';
}

export function createRoutedActivity({ members, directory }: Routing): ActivityReader {
  /** Segments of an account, the newest first, and the reader of each. */
  async function find(account: string) {
    const placement = await directory.find(parseOwn(account));
    return {
      placement,
      segments: segmentsOf(placement).map((segment) => ({ segment, member: memberOf(members, segment.position) })),
    };
  }

  async function toPublicLine(line: ActivityLine, member: Member, placement: Placement): Promise<ActivityLine> {
    const { position, ledger } = member;
    const version = (local: number): number => toPublicVersion(placement, position, local);
    const crossing =
      line.counterparty === CLEARING && line.transfer !== null
        ? toPublicTransfer(await ledger.findTransfer(line.transfer), position)
        : null;
    const isSent = line.kind === 'sent' || line.change < 0;
    return {
      ...line,
      version: version(line.version),
      transfer: line.transfer === null ? null : toPublicId(line.transfer, position),
      counterparty: crossing === null ? line.counterparty : isSent ? crossing.destination : crossing.source,
      actor: crossing?.actor ?? line.actor,
      hold: crossing === null ? line.hold : null,
      reverses: line.reverses === null ? null : { ...line.reverses, version: version(line.reverses.version) },
      reversedBy: line.reversedBy === null ? null : version(line.reversedBy),
    };
  }

  const isOf = (segment: Segment) => (line: { version: number }) =>
    line.version > segment.after && (segment.until === null || line.version <= segment.until);

  return Object.freeze<ActivityReader>({
    /** A cursor is the one of a segment, after the number of the segment where there are several. */
    async page(account, options = {}) {
      const { placement, segments } = await find(account);
      const { before, limit = LIMIT } = options;
      const parts = /^(\d{1,6}):(.*)$/.exec(before ?? '');
      let index = parts === null ? 0 : Number(parts[1]);
      let cursor = parts === null ? before : parts[2] === '' ? undefined : parts[2];
      const lines: ActivityLine[] = [];
      for (; index < segments.length && lines.length < limit; index += 1, cursor = undefined) {
        const found = segments[index];
        if (found === undefined) break;
        const { segment, member } = found;
        const page = await member.activity.page(account, {
          ...options,
          before: cursor ?? (segment.until === null ? undefined : String(segment.until + 1)),
          limit: limit - lines.length,
        } as typeof options);
        const own = page.lines.filter(isOf(segment));
        lines.push(...(await Promise.all(own.map((line) => toPublicLine(line, member, placement)))));
        if (page.next !== null && own.length === page.lines.length) {
          return { lines, next: segments.length === 1 ? page.next : `${index}:${page.next}` };
        }
      }
      return { lines, next: index < segments.length ? `${index}:` : null };
    },
    async totals(account, filter): Promise<ActivityTotals> {
      const { placement, segments } = await find(account);
      const asked = [...new Set(segments.map(({ member }) => member))];
      const parts = await Promise.all(asked.map(({ activity }) => activity.totals(account, filter)));
      const [current] = parts;
      if (current === undefined || parts.length === 1) {
        const only = current ?? (await memberOf(members, placement.position).activity.totals(account, filter));
        return { ...only, version: only.version + placement.base };
      }
      const groups = new Map<string, ActivityTotals['groups'][number]>();
      for (const group of parts.flatMap((part) => part.groups)) {
        const name = `${group.kind}/${group.category}`;
        const known = groups.get(name);
        const sum = (field: 'count' | 'amount' | 'in' | 'out'): number => group[field] + (known?.[field] ?? 0);
        groups.set(name, { ...group, count: sum('count'), amount: sum('amount'), in: sum('in'), out: sum('out') });
      }
      return { groups: [...groups.values()], balance: current.balance, version: current.version + placement.base };
    },
    async find(account, version) {
      const { placement, segments } = await find(account);
      const found = segments.find(({ segment }) => version > segment.after + segment.base) ?? segments.at(-1);
      if (found === undefined) return null;
      const { segment, member } = found;
      const activity = await member.activity.find(account, version - segment.base);
      if (activity === null) return null;
      return {
        line: await toPublicLine(activity.line, member, placement),
        entries: activity.entries.map((entry) => toPublicEntry(entry, member.position, placement)),
      };
    },
    async balances(account, options) {
      const { segments } = await find(account);
      const points: BalancePoint[] = [];
      for (const { segment, member } of segments.toReversed()) {
        const read = (await member.activity.balances(account, options)).filter(isOf(segment));
        points.push(...read.map((point) => ({ ...point, version: point.version + segment.base })));
      }
      return points;
    },
  });
}
