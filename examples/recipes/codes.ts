import { CreditsError } from 'realtime-credits';
import type { Ledger, Receipt } from 'realtime-credits-server';
import { repeatWhole } from './repeat-whole.ts';

/** Your own table, in the ledger's database. Codes are written in capitals. */
export const CODES_TABLE = `CREATE TABLE IF NOT EXISTS codes (
  code text PRIMARY KEY, credits integer NOT NULL, expires_at timestamptz NOT NULL,
  uses_left integer NOT NULL CHECK (uses_left >= 0))`;

interface CodeRow {
  credits: number;
  expires_at: Date | string;
  uses_left: number;
}

/**
 * Redeems a code: its count goes down and the credits arrive in one transaction, once per account, and never more often
 * in all than the code has uses. Limit how often one person may try, or codes can be guessed.
 *
 * @throws {CreditsError} `not_found` — no such code; `already_claimed` — by this account; `forbidden` — expired, or used up
 */
export async function redeemCode(
  ledger: Ledger,
  { account, idempotencyKey, code }: { account: string; idempotencyKey: string; code: string },
  now: Date = new Date(),
): Promise<Receipt> {
  const name = code.trim().toUpperCase();
  if (!/^[A-Z0-9-]{4,32}$/.test(name)) throw new CreditsError('not_found', 'There is no such code.');
  return repeatWhole(() =>
    ledger.transaction(async ({ client, ledger: joined }) => {
      // Locked until the end: of two people who want the last use, the second one finds none.
      const find = 'SELECT credits, expires_at, uses_left FROM codes WHERE code = $1 FOR UPDATE';
      const { rows } = await client.query<CodeRow>(find, [name]);
      const row = rows[0];
      if (row === undefined) throw new CreditsError('not_found', 'There is no such code.');
      await joined.openAccount(account);
      const grant = { account, actor: account, amount: row.credits, reason: `Code ${name}`, once: `code:${name}` };
      const receipt = await joined.grant({ ...grant, idempotencyKey });
      // The first answer again, whatever became of the code since.
      if (receipt.replayed) return receipt;
      // What is thrown from here on takes the grant back with it.
      if (new Date(row.expires_at) <= now) throw new CreditsError('forbidden', `The code ${name} has expired.`);
      if (row.uses_left === 0) throw new CreditsError('forbidden', `The code ${name} is used up.`);
      await client.query('UPDATE codes SET uses_left = uses_left - 1 WHERE code = $1', [name]);
      return receipt;
    }),
  );
}
