import type { Pool } from 'pg';
import { CreditsError } from 'realtime-credits';
import type { Ledger } from 'realtime-credits-server';
import { UNIT } from '../unit.ts';
import { codeTarget, type Audit, type AuditAction } from '../administration/audit.ts';
import { lockBudget, type AdjustmentLimits } from '../administration/budget.ts';
import { DashboardError } from '../http/failure.ts';
import { generateCode } from './code-text.ts';

/**
 * Codes that administrators give away: what each pays, how often, and from when until when.
 *
 * Every change is in the audit log, in its transaction. What a code may still pay counts as paid out by the administrator
 * who made it so.
 */
export interface Codes {
  /** Newest first. */
  list(page: { before: number | null; limit: number }): Promise<{ codes: Code[]; next: number | null }>;
  /** @throws {DashboardError} `code_not_found` */
  find(code: string): Promise<Code>;
  /** The newest uses of a code. */
  listRedemptions(code: string): Promise<Redemption[]>;
  /**
   * Makes a code; without a text, one that nobody guesses. The same operation id returns the same code.
   * @throws {CreditsError} `invalid_request` — taken, or above the administrator's limits: with the field;
   *   `idempotency_key_reused`
   */
  create(by: By, terms: NewCode): Promise<Code>;
  /**
   * Changes what is given. What was paid stays paid.
   * @throws {DashboardError} `code_not_found`
   * @throws {CreditsError} `invalid_request` — fewer uses than there were, an end before the start, or above the limits;
   *   `idempotency_key_reused`
   */
  edit(by: By & { reason: string }, code: string, change: CodeChange): Promise<Code>;
}

/** What an administrator decides about a code. Instants are ISO. */
export interface CodeTerms {
  /** Whole credits for each use. */
  amount: number;
  /** How many people can use it. Each can once. */
  usesMax: number;
  startsAt: string;
  /** Null: it does not end. */
  endsAt: string | null;
  /** For administrators. */
  note: string;
}

export interface Code extends CodeTerms {
  id: number;
  code: string;
  uses: number;
  stopped: boolean;
  createdAt: string;
  /** A user's id. */
  createdBy: string;
}

export interface NewCode extends Omit<CodeTerms, 'startsAt'> {
  /** As `parseCode` returns it; null: generate one. */
  code: string | null;
  /** Null: now. */
  startsAt: string | null;
}

export type CodeChange = { [Key in keyof CodeTerms]?: CodeTerms[Key] | undefined } & { stopped?: boolean | undefined };

export interface Redemption {
  userId: string;
  amount: number;
  redeemedAt: string;
}

type By = Pick<AuditAction, 'actor' | 'address' | 'operationId'>;

export interface CodesOptions {
  pool: Pool;
  ledger: Pick<Ledger, 'transaction'>;
  audit: Audit;
  limits: AdjustmentLimits;
  /** Wall-clock milliseconds. */
  now: () => number;
}

interface Raw {
  id: string;
  code: string;
  amount: string;
  uses: number;
  uses_max: number;
  starts_at: Date | string;
  ends_at: Date | string | null;
  note: string;
  stopped: boolean;
  created_at: Date | string;
  created_by: string;
}

const COLUMNS = 'id, code, amount, uses, uses_max, starts_at, ends_at, note, stopped, created_at, created_by';
/** 50 bits. */
const GENERATED_LENGTH = 10;
const REDEMPTIONS_SHOWN = 50;
const TERMS = ['amount', 'usesMax', 'startsAt', 'endsAt', 'note', 'stopped'] as const;

export function createCodes({ pool, ledger, audit, limits, now }: CodesOptions): Codes {
  const toInstant = () => new Date(now()).toISOString();

  function create(by: By, { code: wanted, startsAt, ...terms }: NewCode): Promise<Code> {
    return ledger.transaction(async ({ client }) => {
      const budget = await lockBudget(client, { admin: by.actor, operationId: by.operationId, kind: 'create_code' });
      const { rows: made } = await client.query<Raw>(
        `SELECT ${COLUMNS} FROM dashboard_codes WHERE created_by = $1 AND operation_id = $2`,
        [by.actor, by.operationId],
      );
      if (made[0] !== undefined) {
        if (wanted !== null && wanted !== made[0].code) throw reused();
        return toCode(made[0]);
      }
      const createdAt = toInstant();
      const start = startsAt ?? createdAt;
      assertOrder(start, terms.endsAt);
      const promised = terms.amount * terms.usesMax;
      assertWithin(limits, terms.amount, budget.used + promised);
      const code = wanted ?? generateCode(GENERATED_LENGTH);
      const { rows } = await client.query<Raw>(
        `INSERT INTO dashboard_codes (code, amount, uses_max, starts_at, ends_at, note, created_at, created_by, operation_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (code) DO NOTHING RETURNING ${COLUMNS}`,
        [code, terms.amount, terms.usesMax, start, terms.endsAt, terms.note, createdAt, by.actor, by.operationId],
      );
      if (rows[0] === undefined) throw refuse('code', 'There is a code of this name already. Choose another.');
      const details = { ...terms, startsAt: start };
      await audit.record(
        { ...by, kind: 'create_code', target: codeTarget(code), amount: promised, details, reason: terms.note },
        client,
      );
      return toCode(rows[0]);
    });
  }

  function edit({ reason, ...by }: By & { reason: string }, code: string, change: CodeChange): Promise<Code> {
    return ledger.transaction(async ({ client }) => {
      const budget = await lockBudget(client, { admin: by.actor, operationId: by.operationId, kind: 'edit_code' });
      const { rows } = await client.query<Raw>(`SELECT ${COLUMNS} FROM dashboard_codes WHERE code = $1 FOR UPDATE`, [
        code,
      ]);
      if (rows[0] === undefined) throw notFound();
      const before = toCode(rows[0]);
      const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
      const after: Code = { ...before, ...given };
      const changed = TERMS.filter((term) => before[term] !== after[term]);
      if (changed.length === 0) return before;
      // The log has one row for each key: a second change by it would be in no row, and count toward no limit.
      if (budget.isKnown) throw reused();
      if (after.usesMax < before.uses) throw refuse('uses', `It was used ${before.uses} times already.`);
      assertOrder(after.startsAt, after.endsAt);
      const more = open(after) - open(before);
      if (more > 0) assertWithin(limits, after.amount, budget.used + more);
      await client.query(
        `UPDATE dashboard_codes SET amount = $2, uses_max = $3, starts_at = $4, ends_at = $5, note = $6, stopped = $7
         WHERE code = $1`,
        [code, after.amount, after.usesMax, after.startsAt, after.endsAt, after.note, after.stopped],
      );
      const details = Object.fromEntries(changed.map((term) => [term, { from: before[term], to: after[term] }]));
      const action = { ...by, target: codeTarget(code), details, reason };
      await audit.record({ ...action, kind: 'edit_code', ...(more > 0 ? { amount: more } : {}) }, client);
      return after;
    });
  }

  return Object.freeze({
    create,
    edit,
    async list({ before, limit }: { before: number | null; limit: number }) {
      const { rows } = await pool.query<Raw>(
        `SELECT ${COLUMNS} FROM dashboard_codes WHERE $1::bigint IS NULL OR id < $1 ORDER BY id DESC LIMIT $2`,
        [before, limit + 1],
      );
      const codes = rows.slice(0, limit).map(toCode);
      return { codes, next: rows.length > limit ? (codes.at(-1)?.id ?? null) : null };
    },
    async find(code: string) {
      const { rows } = await pool.query<Raw>(`SELECT ${COLUMNS} FROM dashboard_codes WHERE code = $1`, [code]);
      if (rows[0] === undefined) throw notFound();
      return toCode(rows[0]);
    },
    async listRedemptions(code: string) {
      const { rows } = await pool.query<{ user_id: string; amount: string; redeemed_at: Date | string }>(
        `SELECT user_id, amount, redeemed_at FROM dashboard_redemptions
         WHERE code = $1 ORDER BY redeemed_at DESC LIMIT ${REDEMPTIONS_SHOWN}`,
        [code],
      );
      return rows.map((row) => ({
        userId: row.user_id,
        amount: Number(row.amount),
        redeemedAt: new Date(row.redeemed_at).toISOString(),
      }));
    },
  });
}

/** What a code may still pay. */
function open({ amount, uses, usesMax }: Code): number {
  return amount * (usesMax - uses);
}

function assertOrder(startsAt: string, endsAt: string | null): void {
  if (endsAt !== null && Date.parse(endsAt) <= Date.parse(startsAt)) {
    throw refuse('ends_at', 'The end must be after the start.');
  }
}

function assertWithin(limits: AdjustmentLimits, amount: number, day: number): void {
  if (amount > limits.each) {
    throw refuse('amount', `One administrator may give at most ${limits.each} ${UNIT.many} at once.`);
  }
  if (day > limits.day) {
    throw refuse(
      'uses',
      `This is above the ${limits.day} ${UNIT.many} that one administrator may give out in 24 hours.`,
    );
  }
}

function refuse(path: string, message: string): CreditsError {
  return new CreditsError('invalid_request', message, { details: { issues: [{ path, message }] } });
}

function reused(): CreditsError {
  return new CreditsError('idempotency_key_reused', 'This key was used for something else.');
}

function notFound(): DashboardError {
  return new DashboardError('code_not_found', 'There is no such code.');
}

function toCode(raw: Raw): Code {
  return {
    id: Number(raw.id),
    code: raw.code,
    amount: Number(raw.amount),
    uses: raw.uses,
    usesMax: raw.uses_max,
    startsAt: new Date(raw.starts_at).toISOString(),
    endsAt: raw.ends_at === null ? null : new Date(raw.ends_at).toISOString(),
    note: raw.note,
    stopped: raw.stopped,
    createdAt: new Date(raw.created_at).toISOString(),
    createdBy: raw.created_by,
  };
}
