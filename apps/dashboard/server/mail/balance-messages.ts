import type { Pool } from 'pg';
import type { Ledger, ReceivedEvent, WebhookEvent } from 'realtime-credits-server';
import { formatUntil } from '../../components/credits/format.ts';
import { isDemoEmail } from '../demo/users.ts';
import { FALLBACK } from '../http/locale.ts';
import { runInLocale } from '../http/request-scope.ts';
import type { Mailer } from './mailer.ts';
import type { BalanceKind } from './messages.ts';
import type { Outbox } from './outbox.ts';

/** The events of the ledger that people are told by e-mail. */
export const BALANCE_EVENTS = [
  'balance.low',
  'balance.exhausted',
  'balance.restored',
] as const satisfies readonly WebhookEvent[];

/**
 * Tells people who pay by the hour that their credits run low, are gone, or are there again. One message for each event of
 * the ledger: the row that says that it was handled, and the message, are one statement.
 *
 * An event that comes late and is no longer true is left out. So are people whose address is not verified, and those who
 * turned the messages off.
 */
export interface BalanceMessages {
  /** Receives an event of the ledger. The same event may come again. */
  receive(event: ReceivedEvent): Promise<void>;
}

export interface BalanceMessagesOptions {
  pool: Pool;
  ledger: Pick<Ledger, 'rates'>;
  outbox: Pick<Outbox, 'addOnce'>;
  mailer: Pick<Mailer, 'sweep'>;
  /** The origin of links. */
  publicUrl: string;
  timeZone: string;
  /** Wall-clock milliseconds. */
  now: () => number;
}

const KINDS: Readonly<Record<string, BalanceKind>> = {
  'balance.low': 'low',
  'balance.exhausted': 'exhausted',
  'balance.restored': 'restored',
};

export function createBalanceMessages(options: BalanceMessagesOptions): BalanceMessages {
  const { pool, ledger, outbox, mailer, publicUrl, timeZone, now } = options;

  async function findRecipient(userId: string): Promise<{ to: string; locale: string } | null> {
    const { rows } = await pool.query<{ email: string; locale: string | null }>(
      `SELECT u.email, p.locale FROM "user" u LEFT JOIN dashboard_profiles p ON p.user_id = u.id
       WHERE u.id = $1 AND u."emailVerified" AND u.banned IS NOT TRUE AND p.balance_messages IS NOT FALSE`,
      [userId],
    );
    const [found] = rows;
    if (found === undefined || isDemoEmail(found.email)) return null;
    return { to: found.email, locale: found.locale ?? FALLBACK };
  }

  return Object.freeze({
    async receive({ id, account, type, body }: ReceivedEvent) {
      const kind = KINDS[type];
      const recipient = kind === undefined ? null : await findRecipient(account);
      if (kind === undefined || recipient === null) return;
      const { to, locale } = recipient;
      const { rates, exhaustsAt, snapshot } = await ledger.rates(account);
      const { available } = snapshot.balance;
      if (rates.length === 0 || !isStillTrue(kind, available, body)) return;
      const runway =
        exhaustsAt === null
          ? null
          : runInLocale(locale, () => `${formatUntil(Date.parse(exhaustsAt), now(), timeZone)} (${timeZone})`);
      // What is paid by the hour and lasts for ever is none that runs low.
      if (kind === 'low' && runway === null) return;
      await outbox.addOnce(id, { kind, userId: account, to, link: `${publicUrl}/`, details: { available, runway } });
      await mailer.sweep();
    },
  });
}

function isStillTrue(kind: BalanceKind, available: number, body: string): boolean {
  if (kind === 'exhausted') return available === 0;
  if (kind === 'restored') return available > 0;
  const { data } = JSON.parse(body) as { data: { threshold: number } };
  return available > 0 && available <= data.threshold;
}
