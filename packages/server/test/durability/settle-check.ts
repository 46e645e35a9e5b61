import type { Pool } from 'pg';
import type { Ledger } from '../../src/ledger/ledger.ts';

/**
 * Holds the charges of rates and the refills of allowances against their definition, computed from the journal: what a rate
 * has charged is its price for the time that it was active, rounded down, and a period of an allowance is granted once.
 * Shares no code with the ledger.
 */

interface Row {
  kind: string;
  amount: string;
  rate: string | null;
  allowance: string | null;
}

export interface SettlementFindings {
  /** Sentences; empty when all is well. */
  problems: string[];
  rates: number;
  charges: number;
  allowances: number;
  refills: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const FIXED: Record<string, number> = { hour: HOUR_MS, day: DAY_MS, week: 7 * DAY_MS };

/** The smallest number that the length of each month in days divides: a remainder is stored in such parts. */
const PARTS = 377_580;

/** How many periods are between two instants, as a fraction. */
function periodsBetween(per: string, fromMs: number, untilMs: number): { numerator: bigint; denominator: bigint } {
  const fixed = FIXED[per];
  if (fixed !== undefined) return { numerator: BigInt(untilMs - fromMs), denominator: BigInt(fixed) };
  let numerator = 0n;
  for (let ms = fromMs; ms < untilMs;) {
    const date = new Date(ms);
    const [first, next] = [0, 1].map((more) => Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + more));
    const days = ((next ?? 0) - (first ?? 0)) / DAY_MS;
    const end = Math.min(untilMs, next ?? 0);
    numerator += BigInt(end - ms) * BigInt(PARTS / days);
    ms = end;
  }
  return { numerator, denominator: BigInt(PARTS) * BigInt(DAY_MS) };
}

type Written = [string, number, bigint, number, number, number, number, string];

function readWritten(text: string): Written {
  const [id, until, remainder, prepaid, charged, started, amount, per] = JSON.parse(text) as [
    string,
    ...[number, number, number, number, number, number],
    string,
  ];
  return [id, until, BigInt(remainder), prepaid, charged, started, amount, per];
}

/** @param nowMs - The instant at which everything was settled last. */
function checkRate(rows: readonly Row[], nowMs: number): string[] {
  const [id, , , minimum, , startedAtMs, price, per] = readWritten(rows[0]?.rate ?? '[]');
  let [active, fromMs, sum] = [0n, startedAtMs, 0];
  let state = 'active';
  const add = (untilMs: number): bigint => {
    const { numerator, denominator } = periodsBetween(per, fromMs, untilMs);
    active += numerator;
    fromMs = untilMs;
    return denominator;
  };
  for (const [index, { kind, amount, rate }] of rows.entries()) {
    const [, until, remainder, prepaid, charged] = readWritten(rate ?? '[]');
    const where = `rate ${id}, row ${index} (${kind})`;
    if ((kind === 'start') !== (index === 0)) return [`${where}: not in the place of a start`];
    if (until < fromMs) return [`${where}: is settled until ${until}, and was until ${fromMs}`];
    if (state === 'stopped') return [`${where}: comes after its stop`];
    if (state === 'suspended' && kind !== 'resume' && kind !== 'stop') return [`${where}: while it is suspended`];
    if (state === 'suspended') fromMs = until;
    const denominator = add(until);
    sum += Number(amount);
    if (sum !== charged) return [`${where}: the sum of its charges is ${sum}, and it says ${charged}`];
    // What it charged beyond its minimum, and what is left of a credit, are what the time that it was active costs.
    if (BigInt(charged - prepaid) * denominator + remainder !== BigInt(price) * active) {
      return [`${where}: ${charged} charged, ${prepaid} ahead and a remainder of ${remainder} are not what it costs`];
    }
    if (kind === 'suspend') state = 'suspended';
    else if (kind === 'stop') state = 'stopped';
    else state = 'active';
  }
  if (state !== 'active') return [];
  const denominator = add(Math.max(nowMs, fromMs));
  const cost = Number((BigInt(price) * active) / denominator);
  const expected = Math.max(minimum, cost);
  return sum === expected ? [] : [`rate ${id}: ${sum} were charged, and it is ${expected} by definition`];
}

type WrittenAllowance = [string, number, number | null, number, number, string, number, string, number];

function checkAllowance(rows: readonly Row[], nowMs: number): string[] {
  const problems: string[] = [];
  const first = JSON.parse(rows[0]?.allowance ?? '[]') as WrittenAllowance;
  const [id, , , , amount, per, anchorMs, , carryOver] = first;
  let [period, sum, nextAtMs] = [-2, 0, first[2]];
  for (const [index, row] of rows.entries()) {
    const [, of, next, granted] = JSON.parse(row.allowance ?? '[]') as WrittenAllowance;
    const where = `allowance ${id}, row ${index} (${row.kind})`;
    sum += Number(row.amount);
    if (granted !== sum) problems.push(`${where}: the sum of its refills is ${sum}, and it says ${granted}`);
    if (row.kind === 'refill') {
      if (of <= period) problems.push(`${where}: period ${of} is granted after period ${period}`);
      const whole = of === period + 1 ? amount : amount + carryOver;
      if (Number(row.amount) !== whole) problems.push(`${where}: grants ${row.amount} and not ${whole}`);
    }
    period = of;
    nextAtMs = next;
  }
  if (nextAtMs === null) return problems;
  const running = Math.floor((nowMs - anchorMs) / (FIXED[per] ?? Number.NaN));
  if (period !== running)
    problems.push(`allowance ${id}: period ${period} was granted last, and ${running} is running`);
  return problems;
}

function groupById(rows: readonly Row[], column: 'rate' | 'allowance'): Row[][] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const text = row[column];
    if (text === null) continue;
    const [id] = JSON.parse(text) as [string];
    groups.set(id, [...(groups.get(id) ?? []), row]);
  }
  return [...groups.values()];
}

/**
 * Settles every account, and checks all that was ever settled.
 * @param ledger - Whose clock stands at `nowMs`.
 */
export async function checkSettlements(ledger: Ledger, pool: Pool, nowMs: number): Promise<SettlementFindings> {
  const accounts = await pool.query<{ id: string }>(
    `SELECT id FROM credits.accounts WHERE id !~ '^system:' ORDER BY id`,
  );
  for (const { id } of accounts.rows) await ledger.snapshot(id);
  const { rows } = await pool.query<Row>(`SELECT kind, amount, rate::text, allowance::text FROM credits.journal
    WHERE rate IS NOT NULL OR allowance IS NOT NULL
    ORDER BY CASE WHEN allowance IS NOT NULL AND credit IS NOT NULL THEN credit_version ELSE debit_version END`);
  const [rates, allowances] = [groupById(rows, 'rate'), groupById(rows, 'allowance')];
  const report = await ledger.verify();
  return {
    problems: [
      ...rates.flatMap((group) => checkRate(group, nowMs)),
      ...allowances.flatMap((group) => checkAllowance(group, nowMs)),
      ...report.differences.map(({ message }) => message),
    ],
    rates: rates.length,
    charges: rows.filter(({ kind, amount }) => kind === 'charge' && Number(amount) > 0).length,
    allowances: allowances.length,
    refills: rows.filter(({ kind }) => kind === 'refill').length,
  };
}
