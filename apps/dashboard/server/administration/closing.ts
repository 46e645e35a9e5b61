import { CreditsError } from 'realtime-credits';
import type { Ledger } from 'realtime-credits-server';
import type { Credentials } from '../auth/credentials.ts';
import type { UserNames } from '../auth/user-names.ts';
import type { ShownMessages } from '../mail/shown-messages.ts';
import type { Eligibility } from '../payouts/eligibility.ts';
import type { Profiles } from '../profiles.ts';
import type { Servers } from '../servers/servers.ts';
import type { Users } from '../users.ts';
import type { Audit, AuditAction } from './audit.ts';
import { lockAdministrators } from './people.ts';

/**
 * Forgets a person: sessions, name, address, and where they came from. What the books need stays under the account's id:
 * entries, claim keys, and which mailbox was paid, in a form that tells nobody.
 */
export interface Closing {
  /**
   * Settles what is open, then closes the account for good. Repeating it completes a close that was interrupted.
   * @throws {CreditsError} `forbidden` — an administrator's; `unavailable` — the panel does not answer
   * @throws {DashboardError} `server_busy` — a server is being made
   */
  close(by: Omit<AuditAction, 'kind'>): Promise<void>;
}

export interface ClosingOptions {
  ledger: Ledger;
  users: Pick<Users, 'find'>;
  profiles: Pick<Profiles, 'forget'>;
  eligibility: Pick<Eligibility, 'forget'>;
  messages: Pick<ShownMessages, 'forget'>;
  servers: Servers;
  credentials: Credentials;
  userNames: Pick<UserNames, 'forget'>;
  audit: Audit;
  onWarning: (message: string, cause: unknown) => void;
}

const HOLDS_PAGE = 100;

export function createClosing(options: ClosingOptions): Closing {
  const { ledger, users, profiles, eligibility, messages, servers, credentials, userNames, audit, onWarning } = options;

  async function settle(userId: string): Promise<void> {
    for (const server of await servers.list(userId)) {
      await servers.remove(userId, server.id, `close:${server.id}`);
    }
    for (;;) {
      const { holds } = await ledger.holds(userId, { state: 'open', limit: HOLDS_PAGE });
      for (const { id } of holds) {
        await ledger.void({
          hold: id,
          idempotencyKey: `close:${id}`,
          actor: 'system:closing',
          reason: 'The account was closed',
        });
      }
      if (holds.length < HOLDS_PAGE) return;
    }
  }

  return Object.freeze({
    async close(by: Omit<AuditAction, 'kind'>) {
      const userId = by.target;
      assertNoAdministrator((await users.find(userId))?.role);
      // Before anything is forgotten: where the panel is silent, the person can come back to it.
      await settle(userId);
      await ledger.transaction(async ({ client }) => {
        await lockAdministrators(client);
        const { rows } = await client.query<{ role: string }>(
          `UPDATE "user" SET banned = true WHERE id = $1 RETURNING role`,
          [userId],
        );
        // Whom somebody made an administrator in the meantime.
        assertNoAdministrator(rows[0]?.role);
        await audit.record({ ...by, kind: 'close' }, client);
      });
      await credentials.forget(userId);
      await userNames.forget(userId);
      await profiles.forget(userId);
      await eligibility.forget(userId);
      await messages.forget(userId);
      await servers.forgetNames(userId);
      // What was ordered while the sessions ended. A server that is still being made is settled by the sweep.
      await settle(userId).catch((error: unknown) => onWarning('A closed account has an open order.', error));
    },
  });
}

function assertNoAdministrator(role: string | undefined): void {
  if (role !== 'admin') return;
  throw new CreditsError('forbidden', 'An administrator’s account is not closed. Take the role away first.');
}
