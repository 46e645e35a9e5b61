/**
 * What allowances must have granted, computed from the committed rows alone and without the code of the ledger: of each
 * period its amount, once, with the part that may be carried over, before anything else is done to the account. The oracle
 * of the simulator.
 */
import type { JournalRow } from '../../src/ledger/rules/state.ts';
import { nextAfter, type ModelTerms } from '../support/allowances-model.ts';

/** An allowance right after a row. */
interface ModelAllowance extends ModelTerms {
  account: string;
  /** The last period that was granted; -1 before the first. */
  period: number;
  /** When the next one begins. Null once it is stopped. */
  nextMs: number | null;
  granted: number;
}

/** What a row must make of an allowance. */
interface Grant extends Pick<ModelAllowance, 'period' | 'nextMs'> {
  /** Amounts, and when they end. */
  parts: [number, number][];
}

const isSystem = (id: string): boolean => id.startsWith('system:');

export class RefillsModel {
  readonly #allowances: Map<string, ModelAllowance>;

  constructor(allowances: ReadonlyMap<string, ModelAllowance> = new Map()) {
    this.#allowances = new Map(allowances);
  }

  copy(): RefillsModel {
    return new RefillsModel(this.#allowances);
  }

  /** Since when a period of an account is to be granted; null where none is. */
  dueSince(account: string, nowMs: number): number | null {
    const due = [...this.#allowances.values()].flatMap((each) => (each.account === account ? (each.nextMs ?? []) : []));
    const first = Math.min(...due);
    return first <= nowMs ? first : null;
  }

  /**
   * Takes in a committed row.
   * @throws {Error} a period was granted twice, early, late or with another amount
   */
  commit(row: JournalRow): void {
    const { kind, debit, credit, actor, createdAtMs } = row;
    if (row.hash === null) return;
    const users = [debit, credit].flatMap((side) => (side === null || isSystem(side.id) ? [] : side.id));
    for (const account of actor === 'system:ledger' ? [] : users) {
      const since = this.dueSince(account, createdAtMs);
      if (since !== null) throw new Error(`${kind} of ${account} at ${createdAtMs}, with a period due since ${since}`);
    }
    if (row.allowance !== null) this.#change(row, users[0] ?? '', row.allowance);
  }

  #change({ kind, amount, lots, createdAtMs }: JournalRow, account: string, text: string): void {
    const [id, period, nextMs, granted, ...terms] = JSON.parse(text) as [string, number, number | null, number];
    const before = this.#allowances.get(id);
    const after = { ...before, ...(kind === 'refill' ? null : toTerms(terms)) } as ModelAllowance;
    const expected =
      before === undefined
        ? grantAtStart(after, createdAtMs)
        : kind === 'refill'
          ? grantNext(before, period)
          : { period: before.period, nextMs: nextMs === null ? null : before.nextMs, parts: [] };
    const sum = expected.parts.reduce((total, [part]) => total + part, before?.granted ?? 0);
    const parts = (JSON.parse(lots ?? '[]') as [number, number, number][]).map(
      ([part, , endsAtMs]): [number, number] => [part, endsAtMs],
    );
    const is = describe({ period, nextMs, parts }, { granted, amount });
    const must = describe(expected, { granted: sum, amount: sum - (before?.granted ?? 0) });
    const isEarly = kind === 'refill' && (before?.nextMs == null || before.nextMs > createdAtMs);
    if (is !== must || isEarly || before?.nextMs === null) {
      throw new Error(`${kind} of ${id} at ${createdAtMs} is ${is}, by definition ${must} from ${before?.nextMs} on`);
    }
    this.#allowances.set(id, { ...after, account, period, nextMs, granted });
  }
}

function describe(
  { period, nextMs, parts }: Grant,
  { granted, amount }: { granted: number; amount: number | null },
): string {
  return `${amount} until ${nextMs} for period ${period}, in parts ${JSON.stringify(parts)}, ${granted} so far`;
}

function toTerms(terms: unknown[]): ModelTerms {
  const [amount, per, anchorMs, timeZone, carryOver] = terms as [number, ModelTerms['per'], number, string, number];
  return { amount, per, anchorMs, timeZone, carryOver };
}

/** Of the period that is running, the part that is left. */
function grantAtStart(terms: ModelTerms, nowMs: number): Grant {
  if (terms.anchorMs > nowMs) return { period: -1, nextMs: terms.anchorMs, parts: [] };
  let [period, beginMs, endMs] = [0, terms.anchorMs, nextAfter(terms, terms.anchorMs)];
  while (endMs <= nowMs) [period, beginMs, endMs] = [period + 1, endMs, nextAfter(terms, endMs)];
  const left = Number((BigInt(terms.amount) * BigInt(endMs - nowMs)) / BigInt(endMs - beginMs));
  return grant(terms, { period, nextMs: endMs }, { amount: left, kept: 0 });
}

/** What a period grants, with what was carried over from those before it that were missed. */
function grantNext(allowance: ModelAllowance, period: number): Grant {
  let [last, nextMs] = [allowance.period, allowance.nextMs ?? 0];
  let kept = 0;
  do {
    if (last > allowance.period) kept = allowance.carryOver;
    [last, nextMs] = [last + 1, nextAfter(allowance, nextMs)];
  } while (last < period);
  return grant(allowance, { period: last, nextMs }, { amount: allowance.amount, kept });
}

function grant(
  terms: ModelTerms,
  { period, nextMs }: { period: number; nextMs: number },
  { amount, kept }: { amount: number; kept: number },
): Grant {
  const carried = Math.min(terms.carryOver, amount);
  const parts: [number, number][] = [
    [amount - carried + kept, nextMs],
    [carried, nextAfter(terms, nextMs)],
  ];
  return { period, nextMs, parts: parts.filter(([part]) => part > 0) };
}
