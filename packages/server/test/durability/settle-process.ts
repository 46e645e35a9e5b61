import { writeSync } from 'node:fs';
import { isCreditsError } from 'realtime-credits/contract';
import { createLedger } from '../../src/ledger/create-ledger.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { createRandom, type Random } from '../../../credits/test/support/random.ts';
import { openLocation, type Location } from './open-location.ts';
import { createFastClock, type FastTime } from './settle-clock.ts';

// One of two processes that settle rates and allowances of the same accounts, by commands, reads and sweeps, until it is
// killed.

const options = JSON.parse(process.argv[2] ?? '{}') as {
  database: Location;
  seed: number;
  prefix: string;
  time: FastTime;
};

const WORKERS = 12;
const RATES_MAX = 3;
const ALLOWANCES_MAX = 2;

/** Those of the second kind run out of credits, again and again. */
const ACCOUNTS = ['rich', 'poor'].flatMap((kind) => [0, 1, 2, 3, 4].map((number) => `${kind}:${number}`));

const RATES = [
  { amount: 1, per: 'day' },
  { amount: 7, per: 'week' },
  { amount: 3, per: 'hour' },
  { amount: 1_000, per: 'hour' },
  { amount: 11, per: 'month' },
  { amount: 999_983, per: 'month' },
] as const;

const ACTIONS = [
  ...Array.from({ length: 8 }, () => 'read' as const),
  ...Array.from({ length: 3 }, () => 'spend' as const),
  ...Array.from({ length: 3 }, () => 'hold' as const),
  ...Array.from({ length: 2 }, () => 'grant' as const),
  ...Array.from({ length: 3 }, () => 'rate' as const),
  'allowance' as const,
];

async function act(ledger: Ledger, random: Random, idempotencyKey: string): Promise<unknown> {
  const account = random.pick(ACCOUNTS);
  const base = { actor: 'system:load', reason: 'Load', idempotencyKey, account };
  const amount = random.between(1, 300);
  const action = random.pick(ACTIONS);
  if (action === 'read') return ledger.snapshot(account);
  if (action === 'spend') return ledger.spend({ ...base, amount });
  if (action === 'grant') return ledger.grant({ ...base, amount: account.startsWith('rich') ? 1_000_000_000 : amount });
  if (action === 'hold') {
    const { hold } = await ledger.hold({ ...base, amount, expiresAfterMs: random.between(1, 48) * 3_600_000 });
    if (random.chance(0.5)) return hold;
    return ledger.void({ ...base, hold: hold.id, idempotencyKey: `${idempotencyKey}-void` });
  }
  if (action === 'rate') {
    const { rates } = await ledger.rates(account);
    if (rates.length >= RATES_MAX) return ledger.stopRate({ ...base, rate: random.pick(rates).id });
    const minimum = random.chance(0.3) ? { minimum: amount } : {};
    return ledger.startRate({ ...base, resource: 'server', ...random.pick(RATES), ...minimum });
  }
  const { allowances } = await ledger.allowances(account);
  if (allowances.length >= ALLOWANCES_MAX) {
    return ledger.stopAllowance({ ...base, allowance: random.pick(allowances).id });
  }
  return ledger.startAllowance({
    ...base,
    amount,
    per: random.pick(['day', 'week']),
    anchor: new Date(options.time.beganAtMs - random.between(0, 5 * 24) * 3_600_000).toISOString(),
    timeZone: 'UTC',
    carryOver: random.between(0, amount),
  });
}

const clock = createFastClock(options.time);
const database = await openLocation(options.database);
const ledger = await createLedger({ database, clock, expirySweepMs: 100 });
writeSync(1, 'ready\n');

async function work(worker: number): Promise<void> {
  const random = createRandom(options.seed * 100 + worker);
  for (let count = 0; ; count += 1) {
    try {
      await act(ledger, random, `${options.prefix}-${worker}-${count}`);
    } catch (error) {
      if (!isCreditsError(error)) throw error; // what the rules refuse is part of the load
    }
    await new Promise((resolve) => setTimeout(resolve, random.between(0, 5)));
  }
}

await Promise.all(Array.from({ length: WORKERS }, (_, worker) => work(worker)));
