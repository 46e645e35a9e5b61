import type { Pool } from 'pg';
import { CreditsError, type Snapshot } from 'realtime-credits';
import { z } from 'zod';
import type { Me, MeAnswer } from '../../lib/api.ts';
import type { Closing } from '../administration/closing.ts';
import type { Credentials } from '../auth/credentials.ts';
import type { PasswordTries } from '../auth/password-tries.ts';
import { displayNameSchema, usernameSchema } from '../auth/names.ts';
import type { Sessions, SessionUser } from '../auth/sessions.ts';
import { nextChange, type UserNames } from '../auth/user-names.ts';
import { isDemoEmail } from '../demo/users.ts';
import { readBody } from '../http/body.ts';
import { DashboardError } from '../http/failure.ts';
import type { RateLimiter } from '../http/rate-limit.ts';
import type { Routes } from '../http/route.ts';
import { plainText } from '../http/text.ts';
import type { Profile, Profiles } from '../profiles.ts';

export interface UserRoutesOptions {
  pool: Pool;
  profiles: Profiles;
  sessions: Sessions;
  limiter: RateLimiter;
  closing: Closing;
  credentials: Pick<Credentials, 'matches'>;
  passwordTries: PasswordTries;
  userNames: Pick<UserNames, 'change'>;
}

const closeSchema = z.strictObject({ password: z.string().max(1_000) });
const usernameBody = z.strictObject({ username: usernameSchema });
const profileSchema = z.strictObject({
  display_name: displayNameSchema.optional(),
  first_name: plainText({ max: 60 }).optional(),
  last_name: plainText({ max: 60 }).optional(),
  balance_messages: z.boolean().optional(),
});

/** `GET /api/user/me`, `POST /api/user/update-profile`, `POST /api/user/username` and `POST /api/user/close`. */
export function registerUserRoutes(routes: Routes, options: UserRoutesOptions): void {
  const { pool, profiles, sessions, limiter, closing, credentials, passwordTries, userNames } = options;

  routes.user('GET', '/api/user/me', async (context) => {
    const [snapshot, profile] = await Promise.all([context.snapshot(), profiles.read(context.user.id)]);
    const user = toMe(context.user, snapshot, profile);
    return { body: { success: true, user, snapshot } satisfies MeAnswer };
  });

  routes.user('POST', '/api/user/close', async ({ request, user, caller, operationId }) => {
    await limiter.take('close', caller);
    const { password } = await readBody(request, closeSchema);
    const address = caller.address ?? '';
    const isRight = await passwordTries.guard({ email: user.email, address: caller.address ?? null }, async () => {
      const right = await credentials.matches(user.id, password);
      return { right, result: right };
    });
    if (!isRight) throw new DashboardError('wrong_password', 'The password is not right.');
    await closing.close({ actor: user.id, target: user.id, reason: '', address, operationId });
    return { body: { success: true, message: 'Your account is closed.' } };
  });

  routes.user('POST', '/api/user/update-profile', async (context) => {
    await limiter.take('profile', context.caller);
    const change = await readBody(context.request, profileSchema);
    const profile = await profiles.update(context.user.id, {
      firstName: change.first_name,
      lastName: change.last_name,
      balanceMessages: change.balance_messages,
    });
    let user = context.user;
    if (change.display_name !== undefined) {
      const { rows } = await pool.query<{ updatedAt: Date | string }>(
        `UPDATE "user" SET name = $2, "updatedAt" = now() WHERE id = $1 RETURNING "updatedAt"`,
        [user.id, change.display_name],
      );
      sessions.forget(user.id);
      const updatedAt = rows[0] === undefined ? user.updatedAt : new Date(rows[0].updatedAt).toISOString();
      user = { ...user, displayName: change.display_name, updatedAt };
    }
    const snapshot = await context.snapshot();
    return { body: { success: true, user: toMe(user, snapshot, profile), snapshot } };
  });

  routes.user('POST', '/api/user/username', async (context) => {
    const { user, caller, operationId } = context;
    await limiter.take('profile', caller);
    const { username } = await readBody(context.request, usernameBody);
    if (isDemoEmail(user.email)) throw new CreditsError('forbidden', 'Demo accounts stay as they are.');
    await userNames.change({ actor: user.id, address: caller.address ?? '', operationId }, username);
    sessions.forget(user.id);
    const [snapshot, profile] = await Promise.all([context.snapshot(), profiles.read(user.id)]);
    const me = toMe({ ...user, username }, snapshot, profile);
    return { body: { success: true, user: me, snapshot } satisfies MeAnswer };
  });
}

/** What a person may see of themselves. */
export function toMe(user: SessionUser, snapshot: Snapshot, profile: Profile): Me {
  return {
    id: user.id,
    username: user.username,
    email: user.email,
    first_name: profile.firstName,
    last_name: profile.lastName,
    display_name: user.displayName,
    role: user.role === 'admin' ? 0 : 1,
    verified: user.verified,
    coins: snapshot.balance.available,
    avatar_url: user.image,
    referral_code: profile.referralCode,
    referral_earnings: profile.referralEarnings,
    balance_messages: profile.balanceMessages,
    username_changes_at: nextChange(profile.namedAt),
    created_at: user.createdAt,
    updated_at: user.updatedAt,
  };
}
