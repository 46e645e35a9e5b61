import { isCreditsError } from 'realtime-credits';
import type { Ledger, Receipt } from 'realtime-credits-server';

const BONUS = 25; // credits
const DAY_MS = 86_400_000;

/**
 * Pays the bonus of the day, once per account, however often and from however many tabs it is asked for.
 *
 * @param now - The server's clock decides which day it is, in UTC.
 * @throws {CreditsError} `already_claimed` — today's was paid; {@link nextBonusAt} says when the next one opens
 */
export async function payDailyBonus(
  ledger: Ledger,
  { account, idempotencyKey }: { account: string; idempotencyKey: string },
  now: Date = new Date(),
): Promise<Receipt> {
  const pay = (at: Date): Promise<Receipt> => {
    const once = `daily:${dayOf(at)}`;
    return ledger.grant({ account, actor: account, amount: BONUS, reason: 'Daily bonus', idempotencyKey, once });
  };
  await ledger.openAccount(account); // this may be the first that the ledger hears of somebody
  try {
    return await pay(now);
  } catch (error) {
    // A claim of last night whose answer was lost comes again under its key: it gets its first answer.
    if (isCreditsError(error) && error.code === 'idempotency_key_reused') return pay(new Date(now.getTime() - DAY_MS));
    throw error;
  }
}

/** When the next bonus opens: the beginning of tomorrow. */
export function nextBonusAt(now: Date = new Date()): Date {
  return new Date(Date.parse(dayOf(now)) + DAY_MS);
}

function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10);
}
