import { APIError } from 'better-auth/api';
import { isDemoEmail } from '../demo/users.ts';
import { displayNameSchema } from './names.ts';

/** Where people may have an account that signs them in here. */
export const SOCIAL_PROVIDERS = ['discord', 'google', 'github'] as const;

export type SocialProvider = (typeof SOCIAL_PROVIDERS)[number];

export type SocialProviders = Partial<Record<SocialProvider, { clientId: string; clientSecret: string }>>;

/** What better-auth's hooks know of the request that they are part of. */
export interface HookContext {
  path?: string | undefined;
  query?: { token?: unknown } | undefined;
  context: {
    internalAdapter: {
      findUserById(id: string): Promise<unknown>;
      consumeVerificationValue(identifier: string): Promise<unknown>;
    };
  };
}

export type NewAccount = { userId: string } & Record<string, unknown>;

/** Whether a provider sent somebody back. */
export function isSocial(context: HookContext | null | undefined): context is HookContext {
  return context?.path?.startsWith('/callback/') === true;
}

/**
 * Somebody new, as a provider describes them: with a name by the rule of signing up, and without a picture, which every
 * page would ask the provider for.
 *
 * @throws {APIError} the provider has not verified the address, or it is a demo user's
 */
export function toSocialUser<User extends { name: string; email: string }>(user: User & Record<string, unknown>): User {
  if (user['emailVerified'] !== true || isDemoEmail(user.email)) refuse();
  const name = displayNameSchema.safeParse(user.name.slice(0, 60));
  return { ...user, name: name.success ? name.data : 'New player', image: null };
}

/**
 * A second factor is not got around by an account that links itself.
 *
 * @throws {APIError} the user has one, or is a demo user
 */
export function assertMayLink(user: unknown): void {
  const { twoFactorEnabled, email } = user as { twoFactorEnabled?: boolean | null; email: string };
  if (twoFactorEnabled === true || isDemoEmail(email)) refuse();
}

/** Nothing here asks the provider for more later. */
export function withoutTokens<Account extends Record<string, unknown>>(account: Account) {
  return { ...account, accessToken: null, refreshToken: null, idToken: null };
}

function refuse(): never {
  throw new APIError('FORBIDDEN', { code: 'refused', message: 'This account cannot be used here.' });
}
