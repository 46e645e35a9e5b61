import type { Pool } from 'pg';
import { CreditsError } from 'realtime-credits';
import type { Ledger } from 'realtime-credits-server';
import type { Credentials } from '../auth/credentials.ts';
import { generatePassword } from '../auth/generate-password.ts';
import { OPERATOR, type Audit, type AuditAction } from './audit.ts';

/** What administrators change about people, besides their balance. Each is in the audit log before it takes effect. */
export interface People {
  setRole(by: By, role: 'admin' | 'user'): Promise<void>;
  /** Ends the person's sessions, or lets them in again. */
  setBanned(by: By, banned: boolean): Promise<void>;
  /** Gives the person a generated password and ends their sessions. Returns the password. */
  resetPassword(by: By): Promise<string>;
  /** The new address is not verified, and the person's sessions end. @throws {CreditsError} `invalid_request` — taken */
  setEmail(by: By, email: string): Promise<void>;
}

/** Who changes whom, why and from where. */
export type By = Pick<AuditAction, 'actor' | 'target' | 'reason' | 'address' | 'operationId'>;

type Queryable = Pick<Pool, 'query'>;

export interface PeopleOptions {
  ledger: Pick<Ledger, 'transaction'>;
  credentials: Credentials;
  audit: Audit;
  /** Called for each person who changed. */
  onChanged: (userId: string) => void;
}

export function createPeople({ ledger, credentials, audit, onChanged }: PeopleOptions): People {
  /** An administrator who shut themself out could not take it back. */
  function assertOther({ actor, target }: By): void {
    if (actor === target) throw new CreditsError('forbidden', 'You cannot do this to your own account.');
  }

  /** One action, which is repeated with its key: it takes effect once, together with its row of the audit log. */
  async function act(action: AuditAction, change: (client: Queryable) => Promise<unknown>): Promise<void> {
    await ledger.transaction(async ({ client }) => {
      await lockAdministrators(client);
      await assertAdministrator(client, action.actor);
      if (await audit.record(action, client)) await change(client);
    });
    onChanged(action.target);
  }

  return Object.freeze({
    async setRole(by: By, role: 'admin' | 'user') {
      assertOther(by);
      await act({ ...by, kind: 'role', details: { role } }, (client) =>
        client.query(`UPDATE "user" SET role = $2, "updatedAt" = now() WHERE id = $1`, [by.target, role]),
      );
    },
    async setBanned(by: By, banned: boolean) {
      assertOther(by);
      await act({ ...by, kind: banned ? 'ban' : 'unban' }, (client) =>
        client.query(
          `UPDATE "user" SET banned = $2, "banReason" = $3, "banExpires" = NULL, "updatedAt" = now() WHERE id = $1`,
          [by.target, banned, banned ? by.reason : null],
        ),
      );
      if (banned) await credentials.endSessions(by.target);
    },
    async resetPassword(by: By) {
      assertOther(by);
      const password = generatePassword();
      await audit.record({ ...by, kind: 'password', operationId: crypto.randomUUID() });
      await credentials.setPassword(by.target, password);
      return password;
    },
    async setEmail(by: By, email: string) {
      assertOther(by);
      const holder = await credentials.find(email);
      if (holder !== null && holder !== by.target) {
        throw new CreditsError('invalid_request', 'Somebody has this address.');
      }
      await audit.record({ ...by, kind: 'email', operationId: crypto.randomUUID() });
      await credentials.setEmail(by.target, email);
    },
  });
}

/** Who is an administrator, and who is shut out, changes one after the other until the transaction ends. */
export async function lockAdministrators(client: Queryable): Promise<void> {
  await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('dashboard administrators', 0))`);
}

/** Nobody does this to their own account, and nobody who is no administrator any more: one always stays. */
async function assertAdministrator(client: Queryable, actor: string): Promise<void> {
  if (actor === OPERATOR) return;
  const { rows } = await client.query(`SELECT 1 FROM "user" WHERE id = $1 AND role = 'admin' AND banned IS NOT TRUE`, [
    actor,
  ]);
  if (rows.length === 0) throw new CreditsError('not_found');
}
