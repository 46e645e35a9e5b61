import { CreditsError, isCreditsError, type CreditsErrorDetails } from 'realtime-credits';
import type { JoinedLedger, Ledger } from 'realtime-credits-server';
import { LOCK_PAYMENT, type PaymentRow } from './payments.ts';
import { repeatWhole } from './repeat-whole.ts';

/**
 * Takes back what a payment gave, because the money went back: called by the webhook, or by an operator. What was spent
 * since cannot be taken, as no balance goes below 0: the row says what is owed, and you decide what follows from it.
 *
 * @param actor - Who takes it back: `system:payments`, or the operator's own account.
 * @throws {CreditsError} `not_found` — no such payment
 */
export function takeBackPayment(
  ledger: Ledger,
  { payment, actor }: { payment: string; actor: string },
): Promise<{ taken: number; owed: number }> {
  return repeatWhole(async () => {
    const chain = await readChain(ledger, payment);
    return ledger.transaction(async ({ client, ledger: joined }) => {
      const { rows } = await client.query<PaymentRow>(LOCK_PAYMENT, [payment]);
      const row = rows[0];
      if (row === undefined) throw new CreditsError('not_found', `There is no payment ${payment}.`);
      if (row.state === 'charged_back' || row.state === 'restored') return { taken: row.taken, owed: row.owed };
      if (row.state === 'paid' && chain.length === 0) throw new CreditsError('unavailable', 'It was paid just now.');
      // Announced before the payment itself: then that one comes too late, and credits nothing.
      const isGiven = chain.length % 2 === 1;
      const back = isGiven
        ? await takeBack(joined, { payment, actor, row, transfer: chain.at(-1) ?? '' })
        : { taken: 0, owed: 0 };
      const write = `UPDATE payments SET state = 'charged_back', taken = $2, owed = $3 WHERE id = $1`;
      await client.query(write, [payment, back.taken, back.owed]);
      return back;
    });
  });
}

/** What gave the credits, what an operator took them back by, what gave them again, and so on: the last one counts. */
async function readChain(ledger: Ledger, payment: string): Promise<string[]> {
  const transfer = await ledger.transaction(async ({ client }) => {
    const { rows } = await client.query<PaymentRow>(`SELECT transfer FROM payments WHERE id = $1`, [payment]);
    return rows[0]?.transfer ?? null;
  });
  return transfer === null ? [] : [transfer, ...(await ledger.findTransfer(transfer)).reversals];
}

/** All of it by a reversal, or what is left of it by a spend. */
async function takeBack(
  joined: JoinedLedger,
  { payment, actor, row, transfer }: { payment: string; actor: string; row: PaymentRow; transfer: string },
): Promise<{ taken: number; owed: number }> {
  const { account, credits } = row;
  const by = { actor, reason: 'Payment charged back', metadata: { payment }, idempotencyKey: `chargeback:${payment}` };
  let amount = credits;
  while (amount > 0) {
    try {
      if (amount === credits) await joined.reverse({ ...by, transfer });
      else await joined.spend({ ...by, account, amount });
      break;
    } catch (error) {
      // A refusal undoes itself only: the transaction goes on.
      if (!isCreditsError(error)) throw error;
      if (error.code === 'transfer_already_reversed') return { taken: 0, owed: 0 }; // an operator was first
      if (error.code !== 'insufficient_credits') throw error;
      amount = (error.details as CreditsErrorDetails['insufficient_credits']).available;
    }
  }
  return { taken: amount, owed: credits - amount };
}

/**
 * Gives back what a chargeback took, because the dispute was won, or an operator says so. Once.
 *
 * @returns false when the payment is not charged back, or was restored before.
 * @throws {CreditsError} `not_found` — no such payment
 */
export function restorePayment(
  ledger: Ledger,
  { payment, actor }: { payment: string; actor: string },
): Promise<boolean> {
  const key = `restored:${payment}`;
  return repeatWhole(() =>
    ledger.transaction(async ({ client, ledger: joined }) => {
      const { rows } = await client.query<PaymentRow>(LOCK_PAYMENT, [payment]);
      const row = rows[0];
      if (row === undefined) throw new CreditsError('not_found', `There is no payment ${payment}.`);
      if (row.state !== 'charged_back') return false;
      const { account, taken: amount } = row;
      if (amount > 0) {
        await joined.grant({ account, amount, actor, reason: 'Payment restored', idempotencyKey: key, claimKey: key });
      }
      await client.query(`UPDATE payments SET state = 'restored', owed = 0 WHERE id = $1`, [payment]);
      return true;
    }),
  );
}
