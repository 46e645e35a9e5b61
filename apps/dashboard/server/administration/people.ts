import { CreditsError } from 'realtime-credits';
import type { Credentials } from '../auth/credentials.ts';
import { generatePassword } from '../auth/generate-password.ts';
import type { Audit, AuditAction } from './audit.ts';

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

export function createPeople({ credentials, audit }: { credentials: Credentials; audit: Audit }): People {
  /** An administrator who shut themself out could not take it back. */
  function assertOther({ actor, target }: By): void {
    if (actor === target) throw new CreditsError('forbidden', 'You cannot do this to your own account.');
  }

  return Object.freeze({
    async setRole(by: By, role: 'admin' | 'user') {
      assertOther(by);
      await audit.record({ ...by, kind: 'role', details: { role } });
      await credentials.setRole(by.target, role);
    },
    async setBanned(by: By, banned: boolean) {
      assertOther(by);
      await audit.record({ ...by, kind: banned ? 'ban' : 'unban' });
      await credentials.setBanned(by.target, banned ? by.reason : null);
    },
    async resetPassword(by: By) {
      assertOther(by);
      const password = generatePassword();
      await audit.record({ ...by, kind: 'password' });
      await credentials.setPassword(by.target, password);
      return password;
    },
    async setEmail(by: By, email: string) {
      assertOther(by);
      const holder = await credentials.find(email);
      if (holder !== null && holder !== by.target) {
        throw new CreditsError('invalid_request', 'Somebody has this address.');
      }
      await audit.record({ ...by, kind: 'email' });
      await credentials.setEmail(by.target, email);
    },
  });
}
