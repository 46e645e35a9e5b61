import { HISTORY_LIMIT_MAX, isCreditsError, type Entry } from 'realtime-credits';
import type { Ledger, Receipt } from 'realtime-credits-server';
import { z } from 'zod';
import type {
  AdminAdjustAnswer,
  AdminCirculationAnswer,
  AdminEntriesAnswer,
  AdminProvisioningAnswer,
  AdminUser,
  AdminUsersAnswer,
  AdminVerifyAnswer,
} from '../../lib/api.ts';
import type { Accounts } from '../accounts.ts';
import { readBody, readQuery } from '../http/body.ts';
import { DashboardError } from '../http/failure.ts';
import type { Routes, UserContext } from '../http/route.ts';
import { plainText } from '../http/text.ts';
import type { Names } from '../names.ts';
import type { Provisioner } from '../provisioning/provisioner.ts';
import { isSimulator, SIMULATOR_DELAY_MS_MAX, type Simulator } from '../provisioning/simulator.ts';
import type { UserRecord, Users } from '../users.ts';

export interface AdminRoutesOptions {
  ledger: Ledger;
  accounts: Accounts;
  users: Users;
  names: Names;
  provisioner: Provisioner | Simulator;
}

/** Bounds what one mistyped amount does. */
export const ADJUSTMENT_MAX = 1_000_000;

const reason = plainText({ min: 3, max: 200 });
const adjustSchema = z.union([
  z.strictObject({
    amount: z
      .int()
      .min(-ADJUSTMENT_MAX)
      .max(ADJUSTMENT_MAX)
      .refine((amount) => amount !== 0, 'must not be 0'),
    reason,
  }),
  z.strictObject({
    balance: z.int().min(0).max(Number.MAX_SAFE_INTEGER),
    expected_version: z.int().min(0),
    reason,
  }),
]);
const wholeText = z
  .string()
  .regex(/^\d{1,15}$/, 'must be a whole number')
  .transform(Number);
const usersQuerySchema = z.strictObject({
  query: plainText({ max: 100 }).default(''),
  limit: wholeText.pipe(z.int().min(1).max(100)).default(25),
  offset: wholeText.pipe(z.int().min(0).max(1_000_000)).default(0),
});
const entriesQuerySchema = z.strictObject({
  before: wholeText.optional(),
  limit: wholeText.pipe(z.int().min(1).max(HISTORY_LIMIT_MAX)).default(25),
});
const verifySchema = z.strictObject({ full: z.boolean().default(false) });
const provisioningSchema = z.strictObject({
  delay_ms: z.int().min(0).max(SIMULATOR_DELAY_MS_MAX),
  failure: z.enum(['none', 'refuse', 'no_node', 'lost_answer']),
});

/** `/api/admin/*`: for administrators; everybody else finds nothing there. */
export function registerAdminRoutes(routes: Routes, options: AdminRoutesOptions): void {
  const { ledger, accounts, users, names, provisioner } = options;

  async function findUser(context: UserContext): Promise<UserRecord> {
    const user = await users.find(context.param('id'));
    if (user === null) throw new DashboardError('user_not_found', 'There is no such user.');
    return user;
  }

  async function toAdminUser(user: UserRecord): Promise<AdminUser> {
    const { balance, version } = await ledger.balance(user.id).catch((error: unknown) => {
      // An account is opened at its user's first request.
      if (!isCreditsError(error) || error.code !== 'account_not_found') throw error;
      return { balance: { available: 0, held: 0 }, version: 0 };
    });
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
  }

  routes.admin('GET', '/api/admin/users', async ({ request }) => {
    const page = readQuery(request, usersQuerySchema);
    const { users: found, total } = await users.search(page);
    const data = {
      users: await Promise.all(found.map(toAdminUser)),
      total,
      limit: page.limit,
      offset: page.offset,
    };
    return { body: { success: true, data } satisfies AdminUsersAnswer };
  });

  routes.admin('GET', '/api/admin/users/:id/coins', async (context) => {
    const user = await findUser(context);
    const { before, limit } = readQuery(context.request, entriesQuerySchema);
    await accounts.open(user.id);
    const page = await ledger.history(user.id, { limit, ...(before === undefined ? {} : { before }) });
    return {
      body: {
        success: true,
        user: await toAdminUser(user),
        entries: await Promise.all(page.entries.map((entry) => toAdminEntry(entry, names))),
        next: page.next,
      } satisfies AdminEntriesAnswer,
    };
  });

  routes.admin('POST', '/api/admin/users/:id/coins', async (context) => {
    const change = await readBody(context.request, adjustSchema);
    const user = await findUser(context);
    await accounts.open(user.id);
    const command = {
      account: user.id,
      idempotencyKey: context.operationId,
      actor: context.user.id,
      reason: change.reason,
      metadata: { category: 'admin', action: 'adjust' },
    };
    const receipt =
      'balance' in change
        ? await ledger.adjust({ ...command, available: change.balance, expectedVersion: change.expected_version })
        : change.amount > 0
          ? await ledger.grant({ ...command, amount: change.amount })
          : await ledger.spend({ ...command, amount: -change.amount });
    const amount = signedAmount(receipt, user.id);
    const snapshot = await context.snapshot();
    return {
      body: {
        success: true,
        message: `${user.username} now has ${receipt.balance.available} credits.`,
        data: {
          user_id: user.id,
          amount,
          balance_before: receipt.balance.available - amount,
          balance_after: receipt.balance.available,
          version: receipt.version,
          new_balance: snapshot.balance.available,
        },
        snapshot,
      } satisfies AdminAdjustAnswer,
    };
  });

  routes.admin('GET', '/api/admin/circulation', async () => {
    const { issued, spent, circulating, held, accounts: count } = await ledger.circulation();
    return {
      body: {
        success: true,
        data: { issued, spent, circulating, held, accounts: count },
      } satisfies AdminCirculationAnswer,
    };
  });

  routes.admin('POST', '/api/admin/verify', async ({ request }) => {
    const { full } = await readBody(request, verifySchema);
    return { body: { success: true, data: await ledger.verify({ full }) } satisfies AdminVerifyAnswer };
  });

  routes.admin('GET', '/api/admin/provisioning', async () => ({ body: toProvisioningAnswer(provisioner) }));

  routes.admin('POST', '/api/admin/provisioning', async ({ request }) => {
    const settings = await readBody(request, provisioningSchema);
    if (!isSimulator(provisioner)) {
      throw new DashboardError('panel_is_real', 'Servers come from a real panel: there is nothing to adjust.');
    }
    provisioner.adjust(settings);
    return { body: toProvisioningAnswer(provisioner) };
  });
}

function toProvisioningAnswer(provisioner: Provisioner | Simulator): AdminProvisioningAnswer {
  return {
    success: true,
    data: isSimulator(provisioner)
      ? { provisioner: 'simulator', ...provisioner.readSettings() }
      : { provisioner: 'pterodactyl', delay_ms: 0, failure: 'none' },
  };
}

function signedAmount({ transfer }: Receipt, account: string): number {
  if (transfer === null) return 0;
  return transfer.destination === account ? transfer.amount : -transfer.amount;
}

async function toAdminEntry(entry: Entry, names: Names): Promise<AdminEntriesAnswer['entries'][number]> {
  const { category, action } = entry.metadata;
  return {
    id: entry.version,
    user_id: entry.account,
    delta: entry.after.available - entry.before.available,
    balance_before: entry.before.available,
    balance_after: entry.after.available,
    held_after: entry.after.held,
    source_category: typeof category === 'string' ? category : entry.kind,
    source_action: typeof action === 'string' ? action : entry.verb,
    reference_id: entry.transfer ?? entry.hold,
    message: entry.reason,
    counterparty: entry.counterparty === null ? null : await names.read(entry.counterparty),
    actor: entry.actor,
    created_at: entry.createdAt,
  };
}
