import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CreditsErrorCode, isCreditsError } from 'realtime-credits/contract';
import type { AdjustReceipt, AllowanceReceipt, PostReceipt, RateReceipt, Receipt } from '../../src/ledger/commands.ts';
import type { LedgerCommands } from '../../src/ledger/ledger.ts';
import { fresh, type Bench } from '../support/ledger.ts';

/** Who and what a command is about, as small numbers: indexes into what the run has made so far. */
const step = fc.record({
  kind: fc.constantFrom(
    'grant',
    'expiring grant',
    'spend',
    'transfer',
    'adjust',
    'hold',
    'post',
    'void',
    'extend',
    'reverse',
    'start rate',
    'stop rate',
    'start allowance',
    'stop allowance',
    'resolve',
    'wait' as const,
  ),
  user: fc.nat(2),
  other: fc.nat(2),
  amount: fc.integer({ min: 1, max: 60 }),
  pick: fc.nat(20),
  /** Inside a transaction of the host, where the storage has them. */
  joined: fc.boolean(),
  /** Sent twice at once, under one key. */
  twice: fc.boolean(),
  claimKey: fc.option(fc.constantFrom('daily:1', 'daily:2'), { nil: undefined }),
});
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

const EXPECTED = new Set<CreditsErrorCode>([
  'insufficient_credits',
  'already_claimed',
  'version_conflict',
  'hold_already_resolved',
  'transfer_already_reversed',
  'operation_abandoned',
  'rate_not_found',
  'allowance_not_found',
]);

interface Run {
  bench: Bench;
  canJoin: boolean;
  users: string[];
  holds: string[];
  transfers: string[];
  rates: { account: string; rate: string }[];
  allowances: { account: string; allowance: string }[];
  keys: { user: string; key: string }[];
}

function toCommand(
  { bench, canJoin, ...run }: Run,
  { kind, user, other, amount, pick, claimKey, joined }: Step,
): (() => Promise<Receipt>) | null {
  const account = run.users[user] ?? '';
  const destination = run.users[other] ?? '';
  const key = fresh('key');
  run.keys.push({ user: account, key });
  const base = {
    actor: account,
    reason: 'A step',
    idempotencyKey: key,
    ...(claimKey === undefined ? {} : { claimKey }),
  };
  const hold = run.holds[pick % Math.max(run.holds.length, 1)];
  const transfer = run.transfers[pick % Math.max(run.transfers.length, 1)];
  const on = (command: (ledger: LedgerCommands) => Promise<Receipt>) => () =>
    joined && canJoin ? bench.ledger.transaction(({ ledger }) => command(ledger)) : command(bench.ledger);
  switch (kind) {
    case 'grant':
      return on((ledger) => ledger.grant({ ...base, account, amount }));
    case 'expiring grant': {
      // Soon enough that holds outlive it, and waiting passes it.
      const expiresAt = new Date(bench.time.nowMs + 1 + (pick % 4) * 2_500).toISOString();
      return on((ledger) => ledger.grant({ ...base, account, amount, expiresAt, priority: pick % 3 }));
    }
    case 'spend':
      return on((ledger) => ledger.spend({ ...base, account, amount }));
    case 'transfer':
      return account === destination
        ? null
        : on((ledger) => ledger.transfer({ ...base, source: account, destination, amount }));
    case 'adjust':
      return on((ledger) => ledger.adjust({ ...base, account, available: amount, expectedVersion: pick }));
    case 'hold':
      return on((ledger) => ledger.hold({ ...base, account, amount, expiresAfterMs: 5_000 }));
    case 'post':
      return hold === undefined ? null : on((ledger) => ledger.post({ ...base, hold, amount }));
    case 'void':
      return hold === undefined ? null : on((ledger) => ledger.void({ ...base, hold }));
    case 'reverse':
      return transfer === undefined ? null : on((ledger) => ledger.reverse({ ...base, transfer }));
    case 'extend':
      return hold === undefined
        ? null
        : on((ledger) => ledger.extend({ ...base, hold, expiresAfterMs: 1_000 + amount * 100 }));
    case 'start rate': {
      const terms = { resource: 'server', amount: amount * 600, per: 'hour' as const, minimum: pick % 4 };
      return on((ledger) => ledger.startRate({ ...base, account, ...terms }));
    }
    case 'stop rate': {
      const started = run.rates[pick % Math.max(run.rates.length, 1)];
      return started === undefined ? null : on((ledger) => ledger.stopRate({ ...base, ...started }));
    }
    case 'start allowance': {
      const terms = { amount: amount + 1, per: 'day' as const, timeZone: 'UTC', carryOver: pick % 2 };
      const anchor = new Date(bench.time.nowMs + (pick % 3) * 1_000).toISOString();
      return on((ledger) => ledger.startAllowance({ ...base, account, ...terms, anchor }));
    }
    case 'stop allowance': {
      const started = run.allowances[pick % Math.max(run.allowances.length, 1)];
      return started === undefined ? null : on((ledger) => ledger.stopAllowance({ ...base, ...started }));
    }
    case 'resolve':
    case 'wait':
      return null;
  }
}

async function take(run: Run, taken: Step): Promise<void> {
  const { bench } = run;
  if (taken.kind === 'wait') bench.time.nowMs += taken.amount * 100;
  if (taken.kind === 'resolve') {
    const known = run.keys[taken.pick % Math.max(run.keys.length, 1)];
    if (known !== undefined) await bench.ledger.resolveOperations(known.user, [known.key, fresh('lost')]);
  }
  const command = toCommand(run, taken);
  if (command === null) return;
  const outcomes = await Promise.allSettled(taken.twice ? [command(), command()] : [command()]);
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') {
      const { reason } = outcome;
      if (!isCreditsError(reason)) throw reason;
      // Another step of its round may have waited past the instant.
      const isLate = taken.kind === 'expiring grant' && reason.code === 'invalid_request';
      if (!isLate && !EXPECTED.has(reason.code)) throw reason;
      continue;
    }
    const receipt = outcome.value as Partial<AdjustReceipt & PostReceipt & RateReceipt & AllowanceReceipt>;
    const { transfer = null, hold, rate, allowance } = receipt;
    if (transfer !== null && !run.transfers.includes(transfer.id)) run.transfers.push(transfer.id);
    if (hold !== undefined && !run.holds.includes(hold.id)) run.holds.push(hold.id);
    if (allowance?.state === 'active') run.allowances.push({ account: allowance.account, allowance: allowance.id });
    if (rate?.state === 'active') run.rates.push({ account: rate.account, rate: rate.id });
  }
  // Once more, later: a command that was accepted answers the same, one that was refused may have become possible.
  const [first] = outcomes;
  if (first?.status !== 'fulfilled' || !taken.twice) return;
  const before = await bench.ledger.versions(run.users);
  expect(await command()).toEqual({ ...first.value, replayed: true });
  expect(await bench.ledger.versions(run.users)).toEqual(before);
}

async function expectSound(run: Run): Promise<void> {
  const { bench } = run;
  for (const user of run.users) {
    const { balance, version } = await bench.ledger.balance(user);
    expect(balance.available).toBeGreaterThanOrEqual(0);
    const entries = [];
    for (let before: number | null = version + 1; before !== null;) {
      const page = await bench.ledger.history(user, { before, limit: 100 });
      entries.push(...page.entries);
      before = page.next;
    }
    expect(entries.map((entry) => entry.version)).toEqual(
      Array.from({ length: version }, (_, index) => version - index),
    );
    expect(entries[0]?.after ?? balance).toEqual(balance);
  }
  const { issued, spent, expired, circulating } = await bench.ledger.circulation();
  expect(issued - spent - expired).toBe(circulating);
  expect((await bench.ledger.verify()).differences).toEqual([]);
}

/**
 * Any sequence of commands, some at once, some repeated: nothing is created or lost, nobody is overdrawn, a repetition
 * changes nothing, and each version is one entry. fast-check prints the seed and the shortest sequence that fails.
 */
export function testConservation(bench: Bench, { canJoin, numRuns }: { canJoin: boolean; numRuns: number }): void {
  test('any sequence of commands conserves credits and overdraws nobody', { timeout: 180_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(step, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 8 }),
        async (rounds) => {
          const users = [fresh('user'), fresh('user'), fresh('user')];
          const run: Run = { bench, canJoin, users, holds: [], transfers: [], rates: [], allowances: [], keys: [] };
          for (const round of rounds)
            await Promise.all(round.map((taken) => take(run, { ...taken, twice: taken.twice && round.length === 1 })));
          await expectSound(run);
        },
      ),
      { numRuns },
    );
  });
}
