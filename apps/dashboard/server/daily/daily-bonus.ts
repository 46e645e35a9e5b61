import type { Pool } from 'pg';
import { CreditsError } from 'realtime-credits';
import type { DailyCheckAnswer, DailyClaimAnswer, DailyHistoryAnswer, DailyStatsAnswer } from '../../lib/api.ts';
import type { Rewards } from '../payouts/rewards.ts';
import { assertEligible, type Eligibility } from '../payouts/eligibility.ts';
import { isUniqueViolation, type Payout, type Payouts } from '../payouts/payouts.ts';
import type { Day } from './day.ts';

/**
 * The daily bonus: once per user and day, growing over a cycle of seven consecutive days, then from the start.
 *
 * The row of a claim and its grant are one transaction. The row's primary key `(user, day)` accepts one of any number of
 * concurrent claims, and the ledger's claim key would refuse a second payment even without it.
 */
export interface DailyBonus {
  check(userId: string): Promise<DailyCheckAnswer['data']>;
  /**
   * Claims today's bonus. The same operation id answers again what it answered first, also on a later day.
   * @throws {DashboardError} `not_eligible`
   * @throws {CreditsError} `already_claimed` — with `nextClaimAt` in the sentence; `idempotency_key_reused`
   */
  claim(userId: string, operationId: string): Promise<ClaimFacts>;
  history(userId: string, page: { limit: number; offset: number }): Promise<DailyHistoryAnswer['data']>;
  stats(userId: string): Promise<DailyStatsAnswer['data']>;
}

/** What a claim answers, beside the balance. */
export type ClaimFacts = Omit<DailyClaimAnswer['data'], 'new_balance'>;

export interface DailyBonusOptions {
  pool: Pool;
  payouts: Payouts;
  day: Day;
  eligibility: Pick<Eligibility, 'check'>;
  rewards: Pick<Rewards, 'read'>;
  /** Wall-clock milliseconds. */
  now: () => number;
  /** Called for each claim that was paid. */
  onClaimed: (userId: string) => Promise<void>;
}

interface ClaimRow {
  day: string;
  streak: number;
  amount: string;
  operation_id: string;
  claimed_at: Date | string;
}

export function createDailyBonus(options: DailyBonusOptions): DailyBonus {
  const { pool, payouts, day, eligibility, rewards, now, onClaimed } = options;

  async function findLast(userId: string): Promise<ClaimRow | null> {
    const { rows } = await pool.query<ClaimRow>(
      `SELECT day, streak, amount, operation_id, claimed_at FROM dashboard_daily_claims
       WHERE user_id = $1 ORDER BY day DESC LIMIT 1`,
      [userId],
    );
    return rows[0] ?? null;
  }

  async function check(userId: string): Promise<DailyCheckAnswer['data']> {
    const at = now();
    const today = day.of(at);
    const [last, totals, ineligible, { daily }] = await Promise.all([
      findLast(userId),
      readTotals(userId),
      eligibility.check(userId),
      rewards.read(),
    ]);
    const claimed = last?.day === today;
    const streak = continuedStreak(last, today);
    const next = (claimed ? streak : streak + 1) - 1;
    const closesAt = toInstant(day.endOf(at));
    return {
      canClaim: !claimed && ineligible === null,
      refusal: ineligible?.message ?? null,
      refusalAction: ineligible?.action ?? null,
      alreadyClaimed: claimed,
      hasLoggedIn: claimed,
      coinsAwarded: claimed && last !== null ? Number(last.amount) : rewardOf(daily, streak + 1),
      streak,
      longestStreak: totals.longest,
      rewards: [...daily],
      rewardIndex: (claimed ? next + 1 : next) % daily.length,
      nextClaimAt: claimed ? closesAt : toInstant(ineligible?.opensAt ?? at),
      expiresAt: closesAt,
      timeZone: day.timeZone,
    };
  }

  /** Consecutive days up to today, or up to yesterday while today's is open; 0 when the chain broke. */
  function continuedStreak(last: ClaimRow | null, today: string): number {
    if (last === null) return 0;
    return last.day === today || last.day === day.before(today) ? last.streak : 0;
  }

  async function claim(userId: string, operationId: string): Promise<ClaimFacts> {
    const repeated = await payouts.find(userId, operationId);
    if (repeated !== null) return finish(userId, repeated);

    assertEligible(await eligibility.check(userId));
    const at = now();
    const today = day.of(at);
    const last = await findLast(userId);
    if (last?.day === today) throw refuseSecond(last, at);
    const streak = continuedStreak(last, today) + 1;
    const { daily } = await rewards.read();
    const amount = rewardOf(daily, streak);
    const facts: ClaimFacts = {
      coins_awarded: amount,
      claimed_at: toInstant(at),
      streak,
      next_claim_at: toInstant(day.endOf(at)),
    };
    const paid = await payouts
      .pay(userId, operationId, async (client) => {
        const { rowCount } = await client.query(
          `INSERT INTO dashboard_daily_claims (user_id, day, streak, amount, operation_id, claimed_at)
           VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
          [userId, today, streak, amount, operationId, facts.claimed_at],
        );
        if (rowCount === 0) return null;
        return { kind: 'daily', amount, reason: `Daily bonus, day ${streak}`, claimKey: `daily:${today}`, facts };
      })
      .catch((error: unknown) => {
        // The same request ran twice at the same time, and the other one paid.
        if (isUniqueViolation(error)) return null;
        throw error;
      });
    const payout = paid ?? (await payouts.find(userId, operationId));
    if (payout === null) throw refuseSecond(await findLast(userId), at);
    return finish(userId, payout);
  }

  async function finish(userId: string, payout: Payout): Promise<ClaimFacts> {
    if (payout.kind !== 'daily') {
      throw new CreditsError('idempotency_key_reused', 'This key was used for something other than a daily claim.');
    }
    await onClaimed(userId);
    return payout.facts as unknown as ClaimFacts;
  }

  function refuseSecond(last: ClaimRow | null, at: number): CreditsError {
    const nextClaimAt = toInstant(day.endOf(at));
    const details = {
      claimKey: `daily:${day.of(at)}`,
      transfer: last?.operation_id ?? '',
      next_claim_at: nextClaimAt,
    };
    return new CreditsError('already_claimed', `Today's bonus was claimed. The next one opens at ${nextClaimAt}.`, {
      details,
    });
  }

  async function history(userId: string, { limit, offset }: { limit: number; offset: number }) {
    const [page, totals] = await Promise.all([
      pool.query<ClaimRow>(
        `SELECT day, streak, amount, operation_id, claimed_at FROM dashboard_daily_claims
         WHERE user_id = $1 ORDER BY day DESC LIMIT $2 OFFSET $3`,
        [userId, limit, offset],
      ),
      readTotals(userId),
    ]);
    const logins = page.rows.map((row) => ({
      day: row.day,
      coins_awarded: Number(row.amount),
      claimed_at: new Date(row.claimed_at).toISOString(),
      streak: row.streak,
    }));
    return { logins, total: totals.count, limit, offset };
  }

  async function stats(userId: string): Promise<DailyStatsAnswer['data']> {
    const [last, totals] = await Promise.all([findLast(userId), readTotals(userId)]);
    return {
      user_id: userId,
      total_logins: totals.count,
      current_streak: continuedStreak(last, day.of(now())),
      longest_streak: totals.longest,
      total_coins_earned: totals.earned,
      last_login_date: last?.day ?? null,
      first_login_date: totals.first,
    };
  }

  async function readTotals(userId: string) {
    const { rows } = await pool.query<{ count: string; longest: number; earned: string; first: string | null }>(
      `SELECT count(*) AS count, coalesce(max(streak), 0) AS longest, coalesce(sum(amount), 0) AS earned, min(day) AS first
       FROM dashboard_daily_claims WHERE user_id = $1`,
      [userId],
    );
    const row = rows[0];
    return {
      count: Number(row?.count ?? 0),
      longest: row?.longest ?? 0,
      earned: Number(row?.earned ?? 0),
      first: row?.first ?? null,
    };
  }

  return Object.freeze({ check, claim, history, stats });
}

/** What the n-th consecutive day pays, counted from 1. */
function rewardOf(daily: readonly number[], streak: number): number {
  return daily[(streak - 1) % daily.length] ?? 0;
}

function toInstant(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
