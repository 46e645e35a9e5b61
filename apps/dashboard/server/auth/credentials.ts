import { createHash } from 'node:crypto';
import type { Auth } from './auth.ts';

/** Passwords and accounts as the operator's side changes them: at a start, or by a command, never by a request. */
export interface Credentials {
  /** The user's id; null when nobody has the address. */
  find(email: string): Promise<string | null>;
  /** Creates a user who has no password yet. Returns the id. */
  create(user: { email: string; name: string; username?: string }): Promise<string>;
  matches(userId: string, password: string): Promise<boolean>;
  /** Sets the password as the only thing that opens the account, and ends every session of the user. */
  setPassword(userId: string, password: string): Promise<void>;
  /** Lets a link change the address of a user, for a day. */
  rememberLink(userId: string, token: string): Promise<void>;
  /** Links that were sent to somebody open nothing any more. */
  voidLinks(userId: string): Promise<void>;
  /**
   * Remembers that the person reads the mailbox of their address. What opened the account before is deleted, besides the
   * password: somebody else may have made it.
   */
  confirmMailbox(userId: string): Promise<void>;
  endSessions(userId: string): Promise<void>;
  /** Sets an address that nobody has verified, and ends every session of the user. */
  setEmail(userId: string, email: string): Promise<void>;
  /** Replaces name and address, takes password and sessions away, and lets nobody in again. */
  forget(userId: string): Promise<void>;
  /** Lets the user in, with this role. */
  enable(userId: string, role: 'admin' | 'user'): Promise<void>;
  /** Takes role, password and sessions away, and bans the user. */
  disable(userId: string, reason: string): Promise<void>;
}

const LINK_MS = 24 * 3_600_000;

/** By what a link that changes an address is found: better-auth signs it, and could not take it back. */
export function linkKey(token: unknown): string {
  return `change-email:${createHash('sha256').update(String(token)).digest('base64url')}`;
}

/** Works on better-auth's own adapter. Its hooks therefore see each change, and ended sessions are forgotten at once. */
export function createCredentials(auth: Auth): Credentials {
  async function voidLinks(userId: string): Promise<void> {
    const { adapter } = await auth.$context;
    await adapter.deleteMany({ model: 'verification', where: [{ field: 'value', value: userId }] });
  }

  /** Everything that opens the account besides its password, or is asked for with it. */
  async function deleteOtherWays(userId: string): Promise<void> {
    const { adapter, internalAdapter } = await auth.$context;
    const ofUser = { field: 'userId', value: userId };
    await adapter.deleteMany({
      model: 'account',
      where: [ofUser, { field: 'providerId', operator: 'ne', value: 'credential' }],
    });
    await adapter.deleteMany({ model: 'twoFactor', where: [ofUser] });
    await adapter.deleteMany({ model: 'passkey', where: [ofUser] });
    await internalAdapter.updateUser(userId, { twoFactorEnabled: false });
    await voidLinks(userId);
  }

  return Object.freeze({
    async find(email: string) {
      const { internalAdapter } = await auth.$context;
      return (await internalAdapter.findUserByEmail(email.toLowerCase()))?.user.id ?? null;
    },
    async create(user: { email: string; name: string; username?: string }) {
      const { internalAdapter } = await auth.$context;
      const made = await internalAdapter.createUser(
        { ...user, email: user.email.toLowerCase(), emailVerified: true },
        { method: 'admin' },
      );
      return made.id;
    },
    async matches(userId: string, password: string) {
      const { internalAdapter, password: hashing } = await auth.$context;
      const hash = (await internalAdapter.findCredentialAccount(userId))?.password ?? null;
      return hash !== null && (await hashing.verify({ hash, password }));
    },
    async setPassword(userId: string, password: string) {
      const { internalAdapter, password: hashing } = await auth.$context;
      const hash = await hashing.hash(password);
      if ((await internalAdapter.findCredentialAccount(userId)) === null) {
        await internalAdapter.linkAccount({ userId, providerId: 'credential', accountId: userId, password: hash });
      } else {
        await internalAdapter.updatePassword(userId, hash);
      }
      await deleteOtherWays(userId);
      await internalAdapter.deleteUserSessions(userId);
    },
    async rememberLink(userId: string, token: string) {
      const { internalAdapter } = await auth.$context;
      const expiresAt = new Date(Date.now() + LINK_MS);
      await internalAdapter.createVerificationValue({ identifier: linkKey(token), value: userId, expiresAt });
    },
    voidLinks,
    async confirmMailbox(userId: string) {
      const { internalAdapter } = await auth.$context;
      await deleteOtherWays(userId);
      await internalAdapter.updateUser(userId, { emailVerified: true });
    },
    async endSessions(userId: string) {
      const { internalAdapter } = await auth.$context;
      await internalAdapter.deleteUserSessions(userId);
    },
    async setEmail(userId: string, email: string) {
      const { internalAdapter } = await auth.$context;
      await internalAdapter.updateUser(userId, { email: email.toLowerCase(), emailVerified: false });
      await voidLinks(userId);
      await internalAdapter.deleteUserSessions(userId);
    },
    async forget(userId: string) {
      const { internalAdapter } = await auth.$context;
      const nobody = `closed_${crypto.randomUUID().replaceAll('-', '').slice(0, 12)}`;
      await internalAdapter.updateUser(userId, {
        name: 'Closed account',
        // `.invalid` is no domain, and never will be.
        email: `${nobody}@closed.invalid`,
        emailVerified: false,
        image: null,
        username: nobody,
        displayUsername: nobody,
        banned: true,
        banReason: 'The account was closed.',
        banExpires: null,
      });
      await deleteOtherWays(userId);
      await internalAdapter.deleteAccounts(userId);
      await internalAdapter.deleteUserSessions(userId);
    },
    async enable(userId: string, role: 'admin' | 'user') {
      const { internalAdapter } = await auth.$context;
      await internalAdapter.updateUser(userId, {
        role,
        emailVerified: true,
        banned: false,
        banReason: null,
        banExpires: null,
      });
    },
    async disable(userId: string, reason: string) {
      const { internalAdapter } = await auth.$context;
      await internalAdapter.updateUser(userId, { role: 'user', banned: true, banReason: reason, banExpires: null });
      await deleteOtherWays(userId);
      await internalAdapter.deleteAccounts(userId);
      await internalAdapter.deleteUserSessions(userId);
    },
  });
}
