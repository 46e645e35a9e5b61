/**
 * How long after its instant a host is told: `npx tsx bench/alerts.ts [--accounts 250]`.
 *
 * Each account has a rate of a credit per second. It falls to a threshold and to nothing at known instants; then it is granted
 * credits, which ends its suspension. Real clock, real webhooks to a server on localhost, Postgres with syncing on
 * (`DATABASE_URL`, otherwise started for the run). Nobody reads the accounts.
 */
import { parseArgs } from 'node:util';
import { createLedger } from '../packages/server/src/ledger/create-ledger.ts';
import { openReceiver, SECRET } from '../packages/server/test/support/receiver.ts';
import { createPlaces } from './history-ledger.ts';
import { describeMachine, print, printTable, quantile } from './measure.ts';

const { values } = parseArgs({ options: { accounts: { type: 'string', default: '250' } } });
const ACCOUNTS = Number(values.accounts);
/** Between the starts of two accounts, in milliseconds: instants fall anywhere between two sweeps. */
const APART_MS = 83;
const CREDITS = 5;
const THRESHOLD = 2;

/** When the event of an account arrives. */
const waiting = new Map<string, (atMs: number) => void>();
const arrival = (type: string, account: string): Promise<number> =>
  new Promise((resolve) => waiting.set(`${type} ${account}`, resolve));
const receiver = await openReceiver(({ type, data }, response) => {
  const key = `${type} ${data.account}`;
  waiting.get(key)?.(Date.now());
  waiting.delete(key);
  response.end();
});
const places = await createPlaces('postgres');
const place = await places.make();
const database = await place.open({ filling: false });
const ledger = await createLedger({
  database,
  webhooks: {
    url: receiver.url,
    secrets: [SECRET],
    events: ['balance.low', 'balance.exhausted', 'balance.restored'],
    thresholds: [THRESHOLD],
    isPrivateAllowed: true,
  },
});

/** Accounts that were told that they are exhausted, and not that they are low. */
let skipped = 0;
const delays: Record<string, number[]> = {};
const note = (what: string, ms: number): void => void (delays[what] ??= []).push(ms);
const by = { actor: 'system:bench', reason: 'Bench' };

async function follow(account: string): Promise<void> {
  const told = ['balance.low', 'balance.exhausted', 'balance.restored'].map((type) => arrival(type, account));
  await ledger.grant({ ...by, account, amount: CREDITS, idempotencyKey: `grant:${account}` });
  const start = { ...by, account, resource: 'server', amount: 3_600, per: 'hour' as const };
  const { rate } = await ledger.startRate({ ...start, idempotencyKey: `rate:${account}` });
  const beganAtMs = Date.parse(rate.startedAt);
  // A process that was held up settles both at once, and tells the end alone: then that is when the host knows.
  const lowAtMs = (await Promise.race(told.slice(0, 2))) ?? Number.NaN;
  note('balance.low after its instant', lowAtMs - (beganAtMs + (CREDITS - THRESHOLD) * 1_000));
  const exhaustedAtMs = (await told[1]) ?? Number.NaN;
  // Events of an account arrive in order: what is not here by now was not sent.
  if (waiting.delete(`balance.low ${account}`)) skipped += 1;
  note('balance.exhausted after its instant', exhaustedAtMs - (beganAtMs + CREDITS * 1_000));
  const grantedAtMs = Date.now();
  await ledger.grant({ ...by, account, amount: 1_000, idempotencyKey: `top-up:${account}` });
  note('resumed and acknowledged after the call of grant', Date.now() - grantedAtMs);
  note('balance.restored after the call of grant', ((await told[2]) ?? Number.NaN) - grantedAtMs);
  const { rates } = await ledger.rates(account);
  if (rates[0]?.state !== 'active') throw new Error(`The rate of ${account} was not resumed.`);
  await ledger.stopRate({ ...by, account, rate: rate.id, idempotencyKey: `stop:${account}` });
}

print(`${ACCOUNTS} accounts; ${describeMachine()}`);
const following: Promise<void>[] = [];
for (let index = 0; index < ACCOUNTS; index += 1) {
  following.push(follow(`bench:${index}`));
  await new Promise((resolve) => setTimeout(resolve, APART_MS));
}
await Promise.all(following);
printTable(
  ['ms', 'p50', 'p99', 'slowest', 'of'],
  Object.entries(delays).map(([what, list]) => [
    what,
    ...[0.5, 0.99, 1].map((share) => quantile(list, share).toFixed(0)),
    String(list.length),
  ]),
);
print(`\nTold the end alone: ${skipped}; ${describeMachine()}`);
await ledger.close();
await database.close();
await receiver.close();
await place.remove();
await places.stop();
