import type { Ledger } from 'realtime-credits-server';

/** A plan that brings credits every month, on the day on which it was bought. */
export interface MonthlyPlan {
  account: string;
  name: string;
  creditsPerMonth: number;
  /** ISO instant at which it was paid: its first month begins, and so do the others at that local time. */
  paidAt: string;
  /** IANA time zone of the customer. */
  timeZone: string;
}

const ACTOR = 'system:plans';

/** Up to a half of a month's credits can be spent in the month after it too. */
function carryOverOf(creditsPerMonth: number): number {
  return Math.floor(creditsPerMonth / 2);
}

/**
 * Starts a plan. Its first month is granted at once, and the ledger grants the others: no job has to run.
 *
 * @param order - Names the intention: a repetition starts nothing twice.
 * @returns the id of the allowance, to be stored with the subscription.
 */
export async function startPlan(ledger: Ledger, plan: MonthlyPlan, order: string): Promise<string> {
  const { account, name, creditsPerMonth: amount, paidAt: anchor, timeZone } = plan;
  const { allowance } = await ledger.startAllowance({
    account,
    name,
    amount,
    per: 'month',
    anchor,
    timeZone,
    carryOver: carryOverOf(amount),
    actor: ACTOR,
    reason: `${name} started`,
    idempotencyKey: `plan:${order}`,
  });
  return allowance.id;
}

/** Changes a plan from its next month on. The month that is running keeps what it was granted. */
export async function changePlan(
  ledger: Ledger,
  { account, allowance, creditsPerMonth: amount }: { account: string; allowance: string; creditsPerMonth: number },
  order: string,
): Promise<void> {
  const terms = { amount, carryOver: carryOverOf(amount) };
  const why = { actor: ACTOR, reason: 'Plan changed', idempotencyKey: `change:${order}` };
  await ledger.changeAllowance({ account, allowance, ...terms, ...why });
}

/** Ends a plan. What it granted can be spent until its own end, and what was bought stays. */
export async function cancelPlan(ledger: Ledger, account: string, allowance: string): Promise<void> {
  const why = { actor: ACTOR, reason: 'Plan cancelled', idempotencyKey: `cancel:${allowance}` };
  await ledger.stopAllowance({ account, allowance, ...why });
}

/** What to show beside a balance, such as `refills 500 on 1 Dec`; null without a plan. */
export async function describeRefill(
  ledger: Ledger,
  account: string,
  { locale, timeZone }: { locale: string; timeZone: string },
): Promise<string | null> {
  const { allowances } = await ledger.allowances(account);
  const [first] = allowances.toSorted((a, b) => Date.parse(a.nextRefillAt ?? '') - Date.parse(b.nextRefillAt ?? ''));
  if (first?.nextRefillAt == null) return null;
  const day = new Intl.DateTimeFormat(locale, { timeZone, day: 'numeric', month: 'short' });
  return `refills ${first.amount.toLocaleString(locale)} on ${day.format(new Date(first.nextRefillAt))}`;
}
