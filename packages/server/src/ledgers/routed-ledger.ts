import { AsyncLocalStorage } from 'node:async_hooks';
import assert from 'node:assert/strict';
import { CreditsError, isCreditsError, type Snapshot } from 'realtime-credits/contract';
import type { Ledger, VerifyDifference, VerifyReport } from '../ledger/ledger.ts';
import { parseHeads, parseHistory, parseHolds, parseVerify } from '../ledger/parse-read.ts';
import type { SqlClient } from '../ledger/postgres/database.ts';
import { resolveOperations as parsing } from '../ledger/rules/resolve-operations.ts';
import { segmentsOf, type Placement, type Segment } from './directory.ts';
import { run } from './list.ts';
import { CLEARING, FLOAT, type Member } from './member.ts';
import { createRoutedCommands, joinAll, memberOf, parseOwn, type Routing } from './route-commands.ts';
import { createRoutedLog } from './routed-log.ts';
import {
  parsePublicId,
  toPublicEntry,
  toPublicError,
  toPublicId,
  toPublicSnapshot,
  toPublicTransfer,
} from './views.ts';

/** Of what the ledgers have of an account, and of all of them together. Several ledgers as one `Ledger`. */
export function createRoutedLedger(
  routing: Routing,
  { epoch, directoryName }: { epoch: string; directoryName: string },
) {
  const { members, directory, transfers, pool } = routing;
  const scopes = new AsyncLocalStorage<{ isOpen: boolean }>();

  function assertOutside(): void {
    assert(
      scopes.getStore()?.isOpen !== true,
      'This would wait for the transaction that it is called in. Use the ledger that the transaction gave you.',
    );
  }

  /** Reads on the ledger of an account. An account that left a ledger is empty there, so what is empty is looked up again. */
  async function readAt<Result>(
    account: string,
    work: (member: Member, placement: Placement) => Promise<Result>,
    toSnapshot: (result: Result) => { balance: { posted: number } },
  ): Promise<Result> {
    assertOutside();
    for (;;) {
      const placement = await directory.find(parseOwn(account));
      try {
        const result = await work(memberOf(members, placement.position), placement);
        if (toSnapshot(result).balance.posted !== 0 || !placement.isStored) return result;
        if ((await directory.reread(account)).position === placement.position) return result;
      } catch (error) {
        if ((await directory.reread(account)).position !== placement.position) continue;
        throw toPublicError(error, placement.position, placement);
      }
    }
  }

  async function readPage<Page extends { snapshot: Snapshot }>(
    account: string,
    read: (ledger: Ledger) => Promise<Page>,
  ): Promise<Page> {
    const page = await readAt(
      account,
      async ({ ledger }, placement) => ({ page: await read(ledger), placement }),
      (found) => found.page.snapshot,
    );
    return { ...page.page, snapshot: toPublicSnapshot(page.page.snapshot, epoch, page.placement) };
  }

  function snapshot(account: string, options: { since?: number; operations?: readonly string[] } = {}) {
    return readAt(
      account,
      async ({ ledger }, placement) => {
        const { since, operations = [] } = options;
        const local = since === undefined ? {} : { since: Math.max(0, since - placement.base) };
        const current = toPublicSnapshot(await ledger.snapshot(account, { ...local, operations }), epoch, placement);
        // What was applied before it moved is known where it was.
        const earlier = operations.length === 0 ? [] : await readApplied(account, placement, operations);
        return earlier.length === 0 ? current : { ...current, applied: [...new Set([...earlier, ...current.applied])] };
      },
      (result) => result,
    );
  }

  async function readApplied(
    account: string,
    { earlier }: Placement,
    operations: readonly string[],
  ): Promise<string[]> {
    const asked = new Set(operations);
    const snapshots = earlier.map(({ position }) =>
      memberOf(members, position).ledger.snapshot(account, { operations }),
    );
    return (await Promise.all(snapshots)).flatMap(({ applied }) => applied.filter((id) => asked.has(id)));
  }

  /** Segments of an account that have versions below one, the newest first, with the version there. */
  function segmentsBelow(placement: Placement, before: number): { segment: Segment; before: number }[] {
    return segmentsOf(placement)
      .map((segment) => ({
        segment,
        before: Math.min(before - segment.base, (segment.until ?? Number.MAX_SAFE_INTEGER - 1) + 1),
      }))
      .filter(
        ({ segment, before: local }) => local > segment.after + 1 || (local > segment.after && segment.until === null),
      );
  }

  const one: Pick<
    Ledger,
    | 'snapshot'
    | 'resolveOperations'
    | 'versions'
    | 'balance'
    | 'history'
    | 'balanceAt'
    | 'holds'
    | 'lots'
    | 'rates'
    | 'allowances'
  > = {
    snapshot,
    async resolveOperations(account, operations) {
      assertOutside();
      const keys = parsing.parse(parseOwn(account), operations).operations.map(({ key }) => key);
      for (;;) {
        const placement = await directory.place(account);
        const applied = await readApplied(account, placement, keys);
        const open = keys.filter((key) => !applied.includes(key));
        const { ledger } = memberOf(members, placement.position);
        const resolved = await ledger.resolveOperations(account, open);
        if (resolved.balance.posted === 0 && (await directory.reread(account)).position !== placement.position)
          continue;
        const result = toPublicSnapshot(resolved, epoch, placement);
        return { ...result, applied: [...new Set([...applied, ...result.applied])] };
      }
    },
    async versions(accounts) {
      assertOutside();
      const placements = await directory.findMany(accounts.map((account) => parseOwn(account, 'accounts')));
      const found = new Map<string, number>();
      const reads = members.map(async ({ position, ledger }) => {
        const own = [...placements].filter(([, placement]) => placement.position === position).map(([id]) => id);
        if (own.length === 0) return;
        for (const [id, version] of await ledger.versions(own))
          found.set(id, version + (placements.get(id)?.base ?? 0));
      });
      await Promise.all(reads);
      return found;
    },
    async balance(account) {
      const { balance, version } = await snapshot(account);
      return { balance, version };
    },
    async history(account, options) {
      const { before, limit } = parseHistory(options);
      const read = await readAt(
        account,
        async (_member, placement) => {
          const current = await memberOf(members, placement.position).ledger.snapshot(account);
          const end = toPublicSnapshot(current, epoch, placement);
          const pages = [];
          let left = limit;
          for (const { segment, before: local } of segmentsBelow(
            placement,
            Math.min(before ?? end.version + 1, end.version + 1),
          )) {
            if (left === 0) break;
            const { ledger } = memberOf(members, segment.position);
            const page = await ledger.history(account, { limit: left, before: Math.max(0, local) });
            const entries = page.entries.filter(({ version }) => version > segment.after);
            pages.push(...entries.map((entry) => toPublicEntry(entry, segment.position, placement)));
            left -= entries.length;
          }
          return { entries: pages, snapshot: end };
        },
        (result) => result.snapshot,
      );
      const last = read.entries.at(-1)?.version ?? 1;
      return { ...read, next: last > 1 ? last : null };
    },
    async balanceAt(account, at) {
      return readAt(
        account,
        async (_member, placement) => {
          const segments = segmentsOf(placement);
          for (const segment of segments) {
            const { ledger } = memberOf(members, segment.position);
            const isLast = segment === segments.at(-1);
            if ('version' in at && at.version <= segment.after + segment.base && !isLast) continue;
            const local = 'version' in at ? { version: at.version - segment.base } : at;
            const found = await ledger.balanceAt(account, local);
            if (found.version > segment.after || isLast) return { ...found, version: found.version + segment.base };
          }
          throw new Error('An account has a segment.');
        },
        () => ({ balance: { posted: 1 } }),
      );
    },
    async holds(account, list) {
      const page = await readPage(account, (ledger) => ledger.holds(account, list));
      return { ...page, holds: page.holds.filter(({ destination }) => destination !== CLEARING) };
    },
    lots: (account, list) => readPage(account, (ledger) => ledger.lots(account, list)),
    rates: (account) => readPage(account, (ledger) => ledger.rates(account)),
    allowances: (account) => readPage(account, (ledger) => ledger.allowances(account)),
  };

  const all: Pick<Ledger, 'findTransfer' | 'findHold' | 'allHolds' | 'verify' | 'heads' | 'circulation'> = {
    async findTransfer(publicId) {
      assertOutside();
      const { id, position } = parsePublicId(publicId);
      const found = await memberOf(members, position).ledger.findTransfer(id);
      const transfer = toPublicTransfer(found, position);
      return { ...transfer, reversals: found.reversals.map((reversal) => toPublicId(reversal, position)) };
    },
    async findHold(id) {
      assertOutside();
      for (const { ledger } of members) {
        try {
          return await ledger.findHold(id);
        } catch (error) {
          if (!isCreditsError(error) || error.code !== 'hold_not_found') throw error;
        }
      }
      throw new CreditsError('hold_not_found', `There is no hold ${id}.`);
    },
    async allHolds(list) {
      assertOutside();
      const { limit } = parseHolds(list);
      const pages = await Promise.all(members.map(({ ledger }) => ledger.allHolds(list)));
      const sorted = pages.flatMap(({ holds }) => holds).toSorted((a, b) => (a.id < b.id ? 1 : -1));
      const page = sorted.slice(0, limit);
      const hasMore = sorted.length > limit || pages.some(({ next }) => next !== null);
      const next = hasMore ? (page.at(-1)?.id ?? null) : null;
      return { holds: page.filter(({ destination }) => destination !== CLEARING), next };
    },
    async verify(options) {
      assertOutside();
      const { account, heads = [], onProgress } = parseVerify(options);
      const reports: VerifyReport[] = [];
      const differences: VerifyDifference[] = [];
      const done = { accounts: 0, entries: 0 };
      const placements = await directory.findMany([
        ...new Set([...heads.map((head) => head.account), account ?? CLEARING]),
      ]);
      const placesOf = (id: string): Segment[] => {
        const placement = placements.get(id);
        return placement === undefined ? [] : segmentsOf(placement);
      };
      for (const { position, schema, ledger } of members) {
        const own = heads.flatMap((head) => {
          const at = placesOf(head.account).find(({ after, base }) => head.version > after + base);
          // What has no place is missing from each ledger: the first one reports it.
          return (at?.position ?? 0) === position ? [{ ...head, version: head.version - (at?.base ?? 0) }] : [];
        });
        const isOf = account === undefined || placesOf(account).some((segment) => segment.position === position);
        if (!isOf && own.length === 0) continue;
        const report = await ledger.verify({
          ...(account === undefined ? {} : { account }),
          heads: own,
          onProgress: ({ accounts, entries }) =>
            onProgress?.({ accounts: done.accounts + accounts, entries: done.entries + entries }),
        });
        done.accounts += report.accounts;
        done.entries += report.entries;
        reports.push(report);
        const named = report.differences.map(({ message, ...difference }) => ({
          ...difference,
          message: `On the ledger "${schema}": ${message}`,
        }));
        differences.push(...named);
      }
      const sum = (name: 'accounts' | 'entries' | 'transfers'): number =>
        reports.reduce((total, report) => total + report[name], 0);
      if (account === undefined) differences.push(...(await transfers.verify()), ...(await verifyPlacements()));
      const [accounts, entries, moved] = [sum('accounts'), sum('entries'), sum('transfers')];
      const checkedAt = reports.at(-1)?.checkedAt ?? new Date().toISOString();
      return { ok: differences.length === 0, accounts, entries, transfers: moved, differences, checkedAt };
    },
    async heads(options) {
      assertOutside();
      const { after, limit } = parseHeads(options);
      const query = after === '' ? { limit } : { after, limit };
      const pages = await Promise.all(
        members.map(async ({ position, ledger }) => ({ position, ...(await ledger.heads(query)) })),
      );
      const placements = await directory.findMany(pages.flatMap(({ heads }) => heads.map(({ account }) => account)));
      const sorted = pages
        .flatMap(({ position, heads }) => heads.map((head) => ({ position, head })))
        .toSorted((a, b) => (a.head.account < b.head.account ? -1 : 1));
      // No page may go past the end of another one.
      const ends = pages.flatMap(({ next }) => (next === null ? [] : [next]));
      const end = ends.toSorted()[0];
      const own = sorted.flatMap(({ position, head }) => {
        const placement = placements.get(head.account);
        if (placement?.position !== position || (end !== undefined && head.account > end)) return [];
        return [{ ...head, version: head.version + placement.base }];
      });
      const listed = own.slice(0, limit);
      return { heads: listed, next: own.length > limit ? (listed.at(-1)?.account ?? null) : (end ?? null) };
    },
    async circulation() {
      assertOutside();
      const parts = await Promise.all(members.map(({ ledger }) => ledger.circulation()));
      const sum = (name: keyof (typeof parts)[number], less = 0): number =>
        parts.reduce((total, part) => total + part[name] - less, 0);
      return {
        issued: sum('issued', FLOAT),
        spent: sum('spent'),
        expired: sum('expired'),
        circulating: sum('circulating', FLOAT),
        held: sum('held'),
        accounts: sum('accounts', 1),
      };
    },
  };

  /** What somebody wrote past the directory. */
  async function verifyPlacements() {
    const parts = members.map(async ({ position, schema }) => {
      const rows = await run(
        pool,
        `SELECT a.id, p.position FROM "${schema}".accounts a LEFT JOIN "${directoryName}".placements p ON p.account = a.id
         WHERE a.version > 0 AND a.id NOT LIKE 'system:%' AND a.id <> '${CLEARING}'
           AND (p.position IS NULL OR p.position <> $1 AND a.posted <> 0) LIMIT 100`,
        [String(position)],
      );
      return rows.map((row) => ({
        account: row['id'] ?? null,
        version: null,
        message:
          row['position'] == null
            ? `Account ${row['id']} is on the ledger "${schema}" without a place in the list: it was made past it.`
            : `Account ${row['id']} has credits on the ledger "${schema}", and is on ledger ${row['position']} of the list.`,
      }));
    });
    return (await Promise.all(parts)).flat();
  }

  const commands = createRoutedCommands(routing, {
    at: (position) => memberOf(members, position).ledger,
    client: null,
  });
  const outside = Object.entries(commands).map(([name, execute]) => [
    name,
    async (command: never) => {
      assertOutside();
      return (execute as (command: never) => Promise<unknown>)(command);
    },
  ]);

  return {
    ...(Object.fromEntries(outside) as unknown as typeof commands),
    ...one,
    ...all,
    epoch,
    get notificationGeneration() {
      const generations = members.map(({ ledger }) => ledger.notificationGeneration);
      return generations.reduce((sum, each) => (sum === null || each === null ? null : sum + each), 0);
    },
    get queueLength() {
      return members.reduce((sum, { ledger }) => sum + ledger.queueLength, 0);
    },
    transaction: (async (work) => {
      assertOutside();
      const scope = { isOpen: true };
      try {
        return await memberOf(members, 0).ledger.transaction(({ client }) =>
          scopes.run(scope, () => work({ client, ledger: joinAll(routing, client as unknown as SqlClient) })),
        );
      } finally {
        scope.isOpen = false;
      }
    }) as Ledger['transaction'],
    within: ((client) => joinAll(routing, client)) as Ledger['within'],
    onChange(listener: (accounts: readonly string[]) => void) {
      const stops = members.map(({ ledger }) =>
        ledger.onChange((accounts) => listener(accounts.filter((account) => account !== CLEARING))),
      );
      return () => stops.forEach((stop) => stop());
    },
    webhooks: createRoutedLog(routing),
  };
}
