import type { Pool } from 'pg';
import { CreditsError } from 'realtime-credits';
import type { Ledger } from 'realtime-credits-server';
import { UNIT } from '../unit.ts';
import { REWARDS, type Audit, type AuditAction } from '../administration/audit.ts';
import type { AdjustmentLimits } from '../administration/budget.ts';
import { DashboardError } from '../http/failure.ts';

/**
 * What the daily bonus and referrals pay. Administrators change it, every instance reads it when it pays, and each change
 * is in the audit log, in its transaction.
 */
export interface Rewards {
  read(): Promise<RewardTerms>;
  /**
   * Changes what is paid from now on. What was earned before keeps its amount. The same operation id changes it once.
   * @throws {DashboardError} `rewards_changed` — they are not at `wanted.version` any more
   * @throws {CreditsError} `invalid_request` — above the limit of one administrator, with the field
   */
  edit(by: Omit<AuditAction, 'kind' | 'target' | 'amount' | 'details'>, wanted: RewardTerms): Promise<RewardTerms>;
}

export interface RewardTerms {
  /** Whole credits for the first to the seventh consecutive day. */
  daily: readonly number[];
  /** Credits per referred person and per visitor. */
  signup: number;
  click: number;
  /** Grows with each change; 0: nobody changed anything. */
  version: number;
}

export interface RewardsOptions {
  pool: Pool;
  ledger: Pick<Ledger, 'transaction'>;
  audit: Pick<Audit, 'record'>;
  limits: Pick<AdjustmentLimits, 'each'>;
}

/** Until an administrator changes them. */
export const STANDARD_REWARDS: RewardTerms = { daily: [25, 30, 35, 40, 50, 60, 100], signup: 50, click: 1, version: 0 };

const KEY = 'rewards';

export function createRewards({ pool, ledger, audit, limits }: RewardsOptions): Rewards {
  async function read(client: Pick<Pool, 'query'> = pool): Promise<RewardTerms> {
    const { rows } = await client.query<{ value: string }>(`SELECT value FROM dashboard_settings WHERE key = $1`, [
      KEY,
    ]);
    return rows[0] === undefined ? STANDARD_REWARDS : (JSON.parse(rows[0].value) as RewardTerms);
  }

  return Object.freeze({
    read: () => read(),
    edit: (by: Parameters<Rewards['edit']>[0], wanted: RewardTerms) =>
      ledger.transaction(async ({ client }) => {
        // One change at a time: there may be no row to lock yet.
        await client.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [`dashboard ${KEY}`]);
        const before = await read(client);
        const { rows: known } = await client.query(
          `SELECT 1 FROM dashboard_audit WHERE actor = $1 AND operation_id = $2 AND kind = 'edit_rewards'`,
          [by.actor, by.operationId],
        );
        if (known.length > 0) return before;
        if (before.version !== wanted.version) {
          throw new DashboardError('rewards_changed', 'Somebody else has just changed the rewards. Look again first.');
        }
        const issues = findAbove(wanted, limits.each);
        if (issues.length > 0) {
          throw new CreditsError('invalid_request', issues[0]?.message ?? '', { details: { issues } });
        }
        const details = compare(before, wanted);
        if (Object.keys(details).length === 0) return before;
        const after: RewardTerms = { ...wanted, version: before.version + 1 };
        await client.query(
          `INSERT INTO dashboard_settings (key, value) VALUES ($1, $2)
           ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
          [KEY, JSON.stringify(after)],
        );
        await audit.record({ ...by, kind: 'edit_rewards', target: REWARDS, details }, client);
        return after;
      }),
  });
}

function findAbove({ daily, signup, click }: RewardTerms, max: number): { path: string; message: string }[] {
  const named: [path: string, amount: number][] = [
    ...daily.map((amount, index): [string, number] => [`daily.${index}`, amount]),
    ['signup', signup],
    ['click', click],
  ];
  const message = `One administrator may give at most ${max} ${UNIT.many} at once.`;
  return named.filter(([, amount]) => amount > max).map(([path]) => ({ path, message }));
}

/** What is different, as the audit log has it. */
function compare(before: RewardTerms, after: RewardTerms): Record<string, { from: number; to: number }> {
  const days = after.daily.flatMap((to, index) => {
    const from = before.daily[index] ?? 0;
    return from === to ? [] : [[`day${index + 1}`, { from, to }] as const];
  });
  const others = (['signup', 'click'] as const).flatMap((name) =>
    before[name] === after[name] ? [] : [[name, { from: before[name], to: after[name] }] as const],
  );
  return Object.fromEntries([...days, ...others]);
}
