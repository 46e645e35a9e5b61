import type { Pool } from 'pg';
import { CreditsError } from 'realtime-credits';
import { z } from 'zod';
import type { OwnSessionsAnswer, SignInWaysAnswer } from '../../lib/api.ts';
import type { Audit } from '../administration/audit.ts';
import type { Auth } from '../auth/auth.ts';
import { passkeyNameSchema } from '../auth/passkeys.ts';
import type { Sessions } from '../auth/sessions.ts';
import { SOCIAL_PROVIDERS, type SocialProvider } from '../auth/social.ts';
import { readBody } from '../http/body.ts';
import { DashboardError } from '../http/failure.ts';
import type { Routes, UserContext } from '../http/route.ts';

export interface SessionRoutesOptions {
  auth: Auth;
  audit: Pick<Audit, 'record'>;
  pool: Pool;
  sessions: Sessions;
  /** Those that are configured: the others sign nobody in. */
  socialProviders: readonly SocialProvider[];
}

const renameSchema = z.strictObject({ name: passkeyNameSchema });

/** What signs the person in, and where they are signed in: by ids, which sign nobody in, and never by tokens. */
export function registerSessionRoutes(routes: Routes, options: SessionRoutesOptions): void {
  const { auth, audit, pool, sessions, socialProviders } = options;

  async function list(userId: string) {
    const { internalAdapter } = await auth.$context;
    return internalAdapter.listSessions(userId, { onlyActiveSessions: true });
  }

  routes.user('GET', '/api/user/sessions', async ({ request, user }) => {
    const cookie = await sessions.sanitizeCookies(request.headers);
    const current = await auth.api.getSession({ headers: new Headers({ cookie }) });
    const data = (await list(user.id)).map(({ id, userAgent, createdAt }) => ({
      id,
      user_agent: userAgent ?? null,
      created_at: createdAt.toISOString(),
      current: id === current?.session.id,
    }));
    return { body: { success: true, data } satisfies OwnSessionsAnswer };
  });

  routes.user('GET', '/api/user/sign-in', async ({ user }) => {
    const { internalAdapter } = await auth.$context;
    const accounts = await internalAdapter.findAccounts(user.id);
    const data = {
      passkeys: await listPasskeys(user.id),
      has_password: accounts.some(({ providerId }) => providerId === 'credential'),
      second_factor: user.secondFactor,
      providers: SOCIAL_PROVIDERS.filter((provider) => accounts.some(({ providerId }) => providerId === provider)),
    };
    return { body: { success: true, data } satisfies SignInWaysAnswer };
  });

  routes.user('DELETE', '/api/user/sign-in/:provider', async ({ user, caller, param }) => {
    const provider = SOCIAL_PROVIDERS.find((name) => name === param('provider'));
    const { linked, unlinked } = await unlink(user.id, provider ?? '');
    if (provider === undefined || linked === 0) throw new CreditsError('not_found');
    if (unlinked === 0) throw new DashboardError('last_way_in', 'Set a password first: nothing else signs you in.');
    await recordEnd(user.id, provider, caller);
    return { body: { success: true, message: 'That account signs you in no more.' } };
  });

  /** Those of one person wait for each other: two at once leave something that signs in. */
  async function unlink(userId: string, provider: string): Promise<{ linked: number; unlinked: number }> {
    const { rows } = await pool.query<{ linked: number; unlinked: number }>(
      `WITH own AS (SELECT id, "providerId" AS provider FROM "account" WHERE "userId" = $1 ORDER BY id FOR UPDATE),
       gone AS (DELETE FROM "account" WHERE id IN (SELECT id FROM own WHERE provider = $2)
         AND EXISTS (SELECT 1 FROM own WHERE provider <> $2 AND provider = ANY($3)) RETURNING id)
       SELECT (SELECT count(*)::int FROM own WHERE provider = $2) AS linked, (SELECT count(*)::int FROM gone) AS unlinked`,
      [userId, provider, ['credential', ...socialProviders]],
    );
    return rows[0] ?? { linked: 0, unlinked: 0 };
  }

  async function recordEnd(
    userId: string,
    way: SocialProvider | 'passkey',
    caller: UserContext['caller'],
  ): Promise<void> {
    await audit.record({
      actor: userId,
      kind: 'sign_in_way',
      target: userId,
      details: { way, on: false },
      reason: '',
      address: caller.address ?? '',
      operationId: crypto.randomUUID(),
    });
  }

  /** Newest last. A passkey needed the password when it was made: none is the last way to sign in. */
  async function listPasskeys(userId: string): Promise<SignInWaysAnswer['data']['passkeys']> {
    const { adapter } = await auth.$context;
    const found = await adapter.findMany<{ id: string; name?: string | null; createdAt?: Date | null }>({
      model: 'passkey',
      where: [{ field: 'userId', value: userId }],
      sortBy: { field: 'createdAt', direction: 'asc' },
    });
    return found.map(({ id, name, createdAt }) => ({
      id,
      name: name ?? '',
      created_at: (createdAt ?? new Date(0)).toISOString(),
    }));
  }

  const onePasskey = (userId: string, id: string) => [
    { field: 'id', value: id },
    { field: 'userId', value: userId },
  ];

  routes.user('POST', '/api/user/passkeys/:id', async ({ request, user, param }) => {
    const { name } = await readBody(request, renameSchema);
    const { adapter } = await auth.$context;
    const where = onePasskey(user.id, param('id'));
    if ((await adapter.updateMany({ model: 'passkey', where, update: { name } })) === 0) throwUnknownPasskey();
    return { body: { success: true, message: 'The passkey has its new name.' } };
  });

  routes.user('DELETE', '/api/user/passkeys/:id', async ({ user, caller, param }) => {
    const { adapter } = await auth.$context;
    const where = onePasskey(user.id, param('id'));
    if ((await adapter.deleteMany({ model: 'passkey', where })) === 0) throwUnknownPasskey();
    await recordEnd(user.id, 'passkey', caller);
    return { body: { success: true, message: 'That passkey signs you in no more.' } };
  });

  routes.user('DELETE', '/api/user/sessions/:id', async ({ user, param }) => {
    const found = (await list(user.id)).find(({ id }) => id === param('id'));
    if (found === undefined) throw new DashboardError('session_not_found', 'This browser is signed out already.');
    const { internalAdapter } = await auth.$context;
    await internalAdapter.deleteSession(found.token);
    return { body: { success: true, message: 'The browser is signed out.' } };
  });
}

function throwUnknownPasskey(): never {
  throw new DashboardError('passkey_not_found', 'This passkey is removed already.');
}
