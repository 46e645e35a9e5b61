import { isDeepStrictEqual } from 'node:util';
import type { Pool } from 'pg';
import { CreditsError } from 'realtime-credits';
import type { AdjustReceipt, JoinedLedger, Ledger, TransferReceipt } from 'realtime-credits-server';
import { DashboardError } from '../http/failure.ts';
import type { Audit } from './audit.ts';
import { lockBudget, type AdjustmentLimits } from './budget.ts';

/**
 * Changes of balances by administrators: within limits at once, above them once a second administrator approved.
 *
 * The change and its row of the audit log are one transaction.
 */
export interface Adjustments {
  /**
   * Changes a balance, or leaves the change for a second administrator. The same operation id has the same outcome.
   * @throws {CreditsError} `idempotency_key_reused`, and as the ledger's commands
   */
  request(request: AdjustmentRequest): Promise<AdjustmentOutcome>;
  /** What waits for a second administrator, oldest first. */
  listWaiting(): Promise<WaitingAdjustment[]>;
  /**
   * Approves or rejects what waits.
   * @throws {DashboardError} `approval_not_found`, `approval_decided`
   * @throws {CreditsError} `forbidden` — the requester, the person whose balance it is, or somebody who has their role or
   *   password from the requester; and as the ledger's commands
   */
  decide(decision: Decision): Promise<AdjustmentOutcome>;
  /**
   * Releases what a hold still reserves: no credits change hands, so no second administrator is asked.
   * @throws {CreditsError} `hold_not_found`, `hold_already_resolved`, `idempotency_key_reused`
   */
  release(request: ReleaseRequest): Promise<void>;
}

/** By an amount, to an exact balance, or the opposite of a transfer. */
export type Change =
  | { amount: number; reason: string }
  | { balance: number; expected_version: number; reason: string }
  | { reverse: string; reason: string };

interface By {
  /** The administrator's id. */
  admin: string;
  operationId: string;
  /** The client's address; empty where there is none. */
  address: string;
}

export interface AdjustmentRequest extends By {
  /** The user's id. */
  target: string;
  change: Change;
}

export interface ReleaseRequest extends By {
  hold: string;
  reason: string;
}

export interface Decision extends By {
  id: number;
  approve: boolean;
  reason: string;
}

export type AdjustmentOutcome =
  | { kind: 'done'; receipt: AdjustReceipt | TransferReceipt; amount: number; target: string }
  | { kind: 'waiting'; id: number; amount: number; target: string }
  | { kind: 'rejected'; target: string };

export interface WaitingAdjustment {
  id: number;
  admin: string;
  target: string;
  /** Signed, as it was when it was asked for. */
  amount: number;
  change: Change;
  /** ISO instant. */
  requestedAt: string;
}

interface ApprovalRow {
  id: string;
  admin_id: string;
  target_id: string;
  change: Change;
  amount: string;
  requested_at: Date | string;
  status: 'waiting' | 'approved' | 'rejected';
  decided_by: string | null;
}

const COLUMNS = 'id, admin_id, target_id, change, amount, requested_at, status, decided_by';

/** Ends the transaction of a change that one administrator may not make. */
class NeedsApproval extends Error {
  readonly amount: number;
  constructor(amount: number) {
    super('The change needs a second administrator.');
    this.amount = amount;
  }
}

export interface AdjustmentsOptions {
  pool: Pool;
  ledger: Ledger;
  audit: Audit;
  limits: AdjustmentLimits;
}

export function createAdjustments({ pool, ledger, audit, limits }: AdjustmentsOptions): Adjustments {
  async function findByOperation(admin: string, operationId: string): Promise<ApprovalRow | null> {
    const { rows } = await pool.query<ApprovalRow>(
      `SELECT ${COLUMNS} FROM dashboard_approvals WHERE admin_id = $1 AND operation_id = $2`,
      [admin, operationId],
    );
    return rows[0] ?? null;
  }

  /** Within the limits, or not at all: one administrator's changes are made one after the other. */
  function apply(asked: AdjustmentRequest): Promise<AdjustmentOutcome> {
    const { admin, operationId, target, change } = asked;
    return ledger.transaction(async ({ client, ledger: joined }) => {
      const { used, isKnown } = await lockBudget(client, { admin, operationId, kind: 'adjust' });
      const { receipt, amount } = await run(joined, { target, change, actor: admin, key: operationId });
      const size = Math.abs(amount);
      if (!isKnown && (size > limits.each || used + size > limits.day)) {
        throw new NeedsApproval(amount);
      }
      await audit.record({ ...toAction(asked, amount), kind: 'adjust' }, client);
      return { kind: 'done', receipt, amount, target };
    });
  }

  async function leave(asked: AdjustmentRequest, amount: number): Promise<AdjustmentOutcome> {
    const { admin, operationId, target, change } = asked;
    await ledger.transaction(async ({ client }) => {
      await client.query(
        `INSERT INTO dashboard_approvals (admin_id, operation_id, target_id, change, amount)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
        [admin, operationId, target, JSON.stringify(change), amount],
      );
      await audit.record({ ...toAction(asked, amount), kind: 'request_adjustment' }, client);
    });
    const row = await findByOperation(admin, operationId);
    if (row === null) throw new Error('An approval that was written is not there.');
    return { kind: 'waiting', id: Number(row.id), amount, target };
  }

  async function request(asked: AdjustmentRequest): Promise<AdjustmentOutcome> {
    const known = await findByOperation(asked.admin, asked.operationId);
    if (known !== null) {
      if (known.target_id !== asked.target || !isDeepStrictEqual(known.change, asked.change)) {
        throw new CreditsError('idempotency_key_reused', 'This key was used for another adjustment.');
      }
      if (known.status === 'approved') {
        return ledger.transaction(async ({ ledger: joined }) => ({
          kind: 'done',
          ...(await runApproved(joined, known)),
        }));
      }
      return known.status === 'rejected'
        ? { kind: 'rejected', target: known.target_id }
        : { kind: 'waiting', id: Number(known.id), amount: Number(known.amount), target: known.target_id };
    }
    try {
      return await apply(asked);
    } catch (error) {
      if (error instanceof NeedsApproval) return leave(asked, error.amount);
      throw error;
    }
  }

  async function runApproved(joined: JoinedLedger, row: ApprovalRow) {
    const key = `approval:${row.id}`;
    const { receipt, amount } = await run(joined, {
      target: row.target_id,
      change: row.change,
      actor: row.admin_id,
      key,
    });
    return { receipt, amount, target: row.target_id };
  }

  function decide({ id, admin, approve, reason, operationId, address }: Decision): Promise<AdjustmentOutcome> {
    return ledger.transaction(async ({ client, ledger: joined }) => {
      const { rows } = await client.query<ApprovalRow>(
        `SELECT ${COLUMNS} FROM dashboard_approvals WHERE id = $1 FOR UPDATE`,
        [id],
      );
      const [row] = rows;
      if (row === undefined) throw new DashboardError('approval_not_found', 'There is no such adjustment.');
      if (row.status !== 'waiting') throw new DashboardError('approval_decided', `It was ${row.status} before.`);
      // Who asked may take it back, and do nothing else with it.
      if (approve) await assertIndependent(client, row, admin);
      await client.query(
        `UPDATE dashboard_approvals SET status = $2, decided_by = $3, decided_at = now() WHERE id = $1`,
        [id, approve ? 'approved' : 'rejected', admin],
      );
      const done = approve ? await runApproved(joined, row) : null;
      await audit.record(
        {
          actor: admin,
          kind: approve ? 'approve_adjustment' : 'reject_adjustment',
          target: row.target_id,
          amount: done?.amount ?? Number(row.amount),
          details: { approval: id, requestedBy: row.admin_id, requestedFor: row.change.reason },
          reason,
          address,
          operationId,
        },
        client,
      );
      return done === null ? { kind: 'rejected', target: row.target_id } : { kind: 'done', ...done };
    });
  }

  function release({ hold, admin, operationId, reason, address }: ReleaseRequest): Promise<void> {
    return ledger.transaction(async ({ client, ledger: joined }) => {
      const receipt = await joined.void({
        hold,
        idempotencyKey: operationId,
        actor: admin,
        reason,
        metadata: { category: 'admin', action: 'void' },
      });
      const action = { actor: admin, target: receipt.account, details: { hold }, reason, address, operationId };
      await audit.record({ ...action, kind: 'void' }, client);
    });
  }

  return Object.freeze({
    request,
    decide,
    release,
    async listWaiting() {
      const { rows } = await pool.query<ApprovalRow>(
        `SELECT ${COLUMNS} FROM dashboard_approvals WHERE status = 'waiting' ORDER BY id LIMIT 100`,
      );
      return rows.map((row) => ({
        id: Number(row.id),
        admin: row.admin_id,
        target: row.target_id,
        amount: Number(row.amount),
        change: row.change,
        requestedAt: new Date(row.requested_at).toISOString(),
      }));
    },
  });
}

/** An administrator could otherwise make their second account the second administrator, or sign in as one. */
async function assertIndependent(client: Pick<Pool, 'query'>, row: ApprovalRow, admin: string): Promise<void> {
  if (admin === row.admin_id || admin === row.target_id) {
    throw new CreditsError('forbidden', 'Another administrator has to approve this.');
  }
  const { rows } = await client.query(
    `WITH RECURSIVE dependent(id) AS (
       SELECT $1::text
       UNION SELECT a.target FROM dashboard_audit a JOIN dependent d ON a.actor = d.id
         WHERE a.kind IN ('password', 'email', 'show_link') OR (a.kind = 'role' AND a.details->>'role' = 'admin')
     ) SELECT 1 FROM dependent WHERE id = $2`,
    [row.admin_id, admin],
  );
  if (rows.length > 0) {
    throw new CreditsError('forbidden', 'You have your role or password from who asked: another has to approve this.');
  }
}

async function run(
  joined: JoinedLedger,
  { target, change, actor, key }: { target: string; change: Change; actor: string; key: string },
): Promise<{ receipt: AdjustReceipt | TransferReceipt; amount: number }> {
  const command = {
    idempotencyKey: key,
    actor,
    reason: change.reason,
    metadata: { category: 'admin', action: 'reverse' in change ? 'reverse' : 'adjust' },
  };
  if ('reverse' in change) {
    const receipt = await joined.reverse({ ...command, transfer: change.reverse });
    const { source, destination } = receipt.transfer;
    if (source !== target && destination !== target) {
      throw new CreditsError('transfer_not_found', 'This user has no such transfer.');
    }
    return { receipt, amount: signedAmount(receipt, target) };
  }
  const receipt =
    'balance' in change
      ? await joined.adjust({
          ...command,
          account: target,
          available: change.balance,
          expectedVersion: change.expected_version,
        })
      : change.amount > 0
        ? await joined.grant({ ...command, account: target, amount: change.amount })
        : await joined.spend({ ...command, account: target, amount: -change.amount });
  return { receipt, amount: signedAmount(receipt, target) };
}

function signedAmount({ transfer }: AdjustReceipt | TransferReceipt, account: string): number {
  if (transfer === null) return 0;
  return transfer.destination === account ? transfer.amount : -transfer.amount;
}

/** For the audit log. */
function toAction({ admin, operationId, address, target, change }: AdjustmentRequest, amount: number) {
  const details = toDetails(change);
  return { actor: admin, target, amount, details, reason: change.reason, address, operationId };
}

function toDetails(change: Change): Record<string, unknown> {
  return 'balance' in change
    ? { balance: change.balance, expectedVersion: change.expected_version }
    : 'reverse' in change
      ? { reverse: change.reverse }
      : {};
}
