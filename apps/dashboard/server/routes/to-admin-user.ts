import type { Ledger } from 'realtime-credits-server';
import type { AdminUser } from '../../lib/admin-api.ts';
import type { UserRecord } from '../users.ts';

/** A user as administrators see them, with the balance of now. */
export type ToAdminUser = (user: UserRecord) => Promise<AdminUser>;

export function createToAdminUser(ledger: Pick<Ledger, 'balance'>): ToAdminUser {
  return async (user) => {
    const { balance, version } = await ledger.balance(user.id);
    return {
      id: user.id,
      username: user.username,
      email: user.email,
      role: user.role === 'admin' ? 0 : 1,
      banned: user.banned,
      coins: balance.available,
      held: balance.held,
      version,
      created_at: user.createdAt,
    };
  };
}
