import { HISTORY_LIMIT_MAX, type Entry } from 'realtime-credits';
import type { Ledger } from 'realtime-credits-server';
import { z } from 'zod';
import type {
  AdminBurnAnswer,
  AdminCirculationAnswer,
  AdminEntriesAnswer,
  AdminProvisioningAnswer,
  AdminUsersAnswer,
  AdminVerifyAnswer,
} from '../../lib/admin-api.ts';
import { readBody, readQuery, wholeNumber } from '../http/body.ts';
import { toDownload } from '../http/download.ts';
import { DashboardError } from '../http/failure.ts';
import type { Routes } from '../http/route.ts';
import { plainText } from '../http/text.ts';
import type { Names } from '../names.ts';
import type { Provisioner } from '../provisioning/provisioner.ts';
import { findUser } from './find-user.ts';
import type { ToAdminUser } from './to-admin-user.ts';
import { isSimulator, SIMULATOR_DELAY_MS_MAX, type Simulator } from '../provisioning/simulator.ts';
import type { Servers } from '../servers/servers.ts';
import type { Users } from '../users.ts';

export interface AdminRoutesOptions {
  ledger: Ledger;
  users: Users;
  names: Names;
  servers: Pick<Servers, 'readBurn'>;
  provisioner: Provisioner | Simulator;
  toAdminUser: ToAdminUser;
}

const usersQuerySchema = z.strictObject({
  query: plainText({ max: 100 }).default(''),
  limit: wholeNumber.pipe(z.int().min(1).max(100)).default(25),
  offset: wholeNumber.pipe(z.int().min(0).max(1_000_000)).default(0),
});
const entriesQuerySchema = z.strictObject({
  before: wholeNumber.optional(),
  limit: wholeNumber.pipe(z.int().min(1).max(HISTORY_LIMIT_MAX)).default(25),
});
/** Who runs out next, as an operator looks at them. */
const PEOPLE_MAX = 5;

const verifySchema = z.strictObject({});
const provisioningSchema = z.strictObject({
  delay_ms: z.int().min(0).max(SIMULATOR_DELAY_MS_MAX),
  failure: z.enum(['none', 'refuse', 'no_node', 'lost_answer']),
});

/** `/api/admin/*`: for administrators; everybody else finds nothing there. */
export function registerAdminRoutes(routes: Routes, options: AdminRoutesOptions): void {
  const { ledger, users, names, servers, provisioner, toAdminUser } = options;

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
    const user = await findUser(users, context);
    const { before, limit } = readQuery(context.request, entriesQuerySchema);
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

  routes.admin('GET', '/api/admin/circulation', async () => {
    const { issued, spent, expired, circulating, held, accounts: count } = await ledger.circulation();
    return {
      body: {
        success: true,
        data: { issued, spent, expired, circulating, held, accounts: count },
      } satisfies AdminCirculationAnswer,
    };
  });

  routes.admin('GET', '/api/admin/burn', async () => {
    const { perHour, servers: count, next } = await servers.readBurn();
    const people = next.slice(0, PEOPLE_MAX).map(async (person) => ({
      user_id: person.userId,
      username: (await names.read(person.userId)) ?? 'A closed account',
      per_hour: person.perHour,
      available: person.available,
      exhausts_at: person.exhaustsAt,
    }));
    const data = { per_hour: perHour, servers: count, next: await Promise.all(people) };
    return { body: { success: true, data } satisfies AdminBurnAnswer };
  });

  routes.admin('POST', '/api/admin/verify', async ({ request }) => {
    await readBody(request, verifySchema);
    return { body: { success: true, data: await ledger.verify() } satisfies AdminVerifyAnswer };
  });

  routes.admin('GET', '/api/admin/heads', async ({ requestId }) => {
    return toDownload(writeHeads(ledger), { name: 'heads.jsonl', type: 'application/jsonl', requestId });
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

/** The lines that the command `heads` writes and `verify --heads` reads. */
async function* writeHeads(ledger: Pick<Ledger, 'heads'>): AsyncGenerator<string, void> {
  let after: string | null = null;
  do {
    const page: Awaited<ReturnType<Ledger['heads']>> = await ledger.heads(after === null ? {} : { after });
    for (const head of page.heads) yield `${JSON.stringify(head)}\n`;
    after = page.next;
  } while (after !== null);
}

function toProvisioningAnswer(provisioner: Provisioner | Simulator): AdminProvisioningAnswer {
  return {
    success: true,
    data: isSimulator(provisioner)
      ? { provisioner: 'simulator', ...provisioner.readSettings() }
      : { provisioner: 'pterodactyl', delay_ms: 0, failure: 'none' },
  };
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
