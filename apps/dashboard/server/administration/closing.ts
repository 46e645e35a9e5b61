import type { Pool } from 'pg';
import { CreditsError } from 'realtime-credits';
import type { Ledger } from 'realtime-credits-server';
import type { Credentials } from '../auth/credentials.ts';
import type { Servers } from '../servers/servers.ts';
import type { Audit, AuditAction } from './audit.ts';

/**
 * Forgets a person: sessions, name, address, and whence they came. What the books need stays under the account's id:
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
  pool: Pool;
  ledger: Ledger;
  servers: Servers;
  credentials: Credentials;
  audit: Audit;
  onWarning: (message: string, cause: unknown) => void;
}

const HOLDS_PAGE = 100;

export function createClosing(options: ClosingOptions): Closing {
  const { pool, ledger, servers, credentials, audit, onWarning } = options;

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
      const { rows } = await pool.query<{ role: string | null }>(`SELECT role FROM "user" WHERE id = $1`, [userId]);
      if (rows[0]?.role === 'admin') {
        throw new CreditsError('forbidden', 'An administrator’s account is not closed. Take the role away first.');
      }
      // Before anything is forgotten: where the panel is silent, the person can come back to it.
      await settle(userId);
      await audit.record({ ...by, kind: 'close' });
      await credentials.forget(userId);
      await pool.query(`UPDATE dashboard_profiles SET first_name = '', last_name = '' WHERE user_id = $1`, [userId]);
      await pool.query(`UPDATE dashboard_signups SET address_key = NULL WHERE user_id = $1`, [userId]);
      await pool.query(
        `UPDATE dashboard_servers SET request = jsonb_set(request, '{name}', '"A server"') WHERE user_id = $1`,
        [userId],
      );
      // What was ordered while the sessions ended. A server that is still being made is settled by the sweep.
      await settle(userId).catch((error: unknown) => onWarning('A closed account has an open order.', error));
    },
  });
}
