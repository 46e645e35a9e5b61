import { CreditsError } from 'realtime-credits';
import type { Ledger } from 'realtime-credits-server';
import { repeatWhole } from './repeat-whole.ts';

/**
 * Your own table, in the ledger's database: your checkout writes the row, with your price, before anybody pays. `taken`
 * and `owed` are what a chargeback took back, and what had been spent already.
 */
export const PAYMENTS_TABLE = `CREATE TABLE IF NOT EXISTS payments (
  id text PRIMARY KEY, account text NOT NULL, credits integer NOT NULL, price_cents integer NOT NULL,
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'paid', 'charged_back', 'restored')),
  transfer text, taken integer NOT NULL DEFAULT 0, owed integer NOT NULL DEFAULT 0)`;

export interface PaymentRow {
  account: string;
  credits: number;
  price_cents: number;
  state: 'open' | 'paid' | 'charged_back' | 'restored';
  transfer: string | null;
  taken: number;
  owed: number;
}

/** Locked until the transaction ends: whoever else wants this payment waits, and then sees what became of it. */
export const LOCK_PAYMENT = `SELECT account, credits, price_cents, state, transfer, taken, owed
  FROM payments WHERE id = $1 FOR UPDATE`;

/**
 * Credits a payment: the row turns to `paid` and the credits arrive in one transaction, once, however often and at how
 * many instances it is announced.
 *
 * @returns false when nothing is left to do: paid before, or charged back.
 * @throws {CreditsError} `not_found` — no such payment; `invalid_request` — another amount was paid
 */
export function creditPayment(
  ledger: Ledger,
  { payment, paidCents }: { payment: string; paidCents: number },
): Promise<boolean> {
  const key = `payment:${payment}`;
  return repeatWhole(() =>
    ledger.transaction(async ({ client, ledger: joined }) => {
      const { rows } = await client.query<PaymentRow>(LOCK_PAYMENT, [payment]);
      const row = rows[0];
      if (row === undefined) throw new CreditsError('not_found', `There is no payment ${payment}.`);
      if (row.state !== 'open') return false;
      const { account, credits, price_cents: priceCents } = row;
      if (paidCents !== priceCents) {
        throw new CreditsError(
          'invalid_request',
          `Payment ${payment} costs ${priceCents} cents: ${paidCents} were paid.`,
        );
      }
      await joined.openAccount(account);
      const grant = { account, amount: credits, actor: 'system:payments', reason: 'Payment' };
      const { transfer } = await joined.grant({ ...grant, idempotencyKey: key, once: key });
      await client.query(`UPDATE payments SET state = 'paid', transfer = $2 WHERE id = $1`, [payment, transfer?.id]);
      return true;
    }),
  );
}
