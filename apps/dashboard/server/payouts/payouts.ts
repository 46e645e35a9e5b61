import type { Pool } from 'pg';
import type { JoinedLedger, Ledger } from 'realtime-credits-server';

/**
 * Rewards that a user claims: the row that says what was claimed, and the grant that pays it, are one transaction.
 *
 * Owns `dashboard_payouts`, which stores the first response of each operation. A repeated request gets the
 * same response.
 */
export interface Payouts {
  /** What an operation of a user was paid for; null when it paid nothing. */
  find(userId: string, operationId: string): Promise<Payout | null>;
  /**
   * Records a claim and pays it, or neither.
   *
   * @param claim - Writes what is claimed, on the client of the transaction, and returns what it is worth. Null: nothing
   *   can be claimed, and nothing is written.
   * @throws {CreditsError} as `grant`
   */
  pay(userId: string, operationId: string, claim: (client: Queryable) => Promise<Claim | null>): Promise<Payout | null>;
}

export interface Claim {
  kind: 'daily' | 'referral' | 'code';
  amount: number;
  reason: string;
  /** Names what is paid at most once per user; null when the operation id is enough. */
  claimKey: string | null;
  /** What the response of the request says. */
  facts: Record<string, unknown>;
}

export type Payout = Pick<Claim, 'kind' | 'facts'>;

type Queryable = Pick<Pool, 'query'>;

export function createPayouts({ pool, ledger, now }: { pool: Pool; ledger: Ledger; now: () => number }): Payouts {
  async function find(userId: string, operationId: string): Promise<Payout | null> {
    const { rows } = await pool.query<Payout>(
      'SELECT kind, facts FROM dashboard_payouts WHERE user_id = $1 AND operation_id = $2',
      [userId, operationId],
    );
    return rows[0] ?? null;
  }

  async function payClaim(joined: JoinedLedger, userId: string, operationId: string, claim: Claim): Promise<void> {
    await joined.grant({
      account: userId,
      amount: claim.amount,
      idempotencyKey: operationId,
      actor: userId,
      reason: claim.reason,
      metadata: { category: 'earn', action: claim.kind },
      ...(claim.claimKey === null ? {} : { claimKey: claim.claimKey }),
    });
  }

  return Object.freeze({
    find,
    pay: (userId: string, operationId: string, record: (client: Queryable) => Promise<Claim | null>) =>
      ledger.transaction(async ({ client, ledger: joined }) => {
        const claim = await record(client);
        if (claim === null) return null;
        await client.query(
          `INSERT INTO dashboard_payouts (user_id, operation_id, kind, amount, facts, paid_at)
           VALUES ($1, $2, $3, $4, $5, $6)`,
          [userId, operationId, claim.kind, claim.amount, JSON.stringify(claim.facts), new Date(now()).toISOString()],
        );
        await payClaim(joined, userId, operationId, claim);
        return { kind: claim.kind, facts: claim.facts };
      }),
  });
}

/** Whether an insert conflicted with a row that another request had just written. */
export function isUniqueViolation(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === '23505';
}
