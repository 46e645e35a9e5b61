import { z } from 'zod';
import type {
  CatalogueAnswer,
  ServerAnswer,
  ServerCreateAnswer,
  ServerDeleteAnswer,
  ServerPowerAnswer,
  ServersAnswer,
} from '../../lib/api.ts';
import type { Activity } from '../activity/activity.ts';
import { readBody } from '../http/body.ts';
import { DashboardError } from '../http/failure.ts';
import type { RateLimiter } from '../http/rate-limit.ts';
import type { Routes, UserContext } from '../http/route.ts';
import { plainText } from '../http/text.ts';
import type { Provisioner } from '../provisioning/provisioner.ts';
import { toCatalogue } from '../servers/catalogue.ts';
import { toGameServer } from '../servers/server-rows.ts';
import type { Servers } from '../servers/servers.ts';

export interface ServerRoutesOptions {
  servers: Servers;
  activity: Pick<Activity, 'charges'>;
  provisioner: Provisioner;
  limiter: RateLimiter;
}

const createSchema = z.strictObject({
  name: plainText({ min: 3, max: 40 }).regex(/^[\p{L}\p{N} ._'-]+$/u, "Use letters, digits, spaces and . _ ' - only"),
  server_type_id: z.string().max(40),
  server_software_id: z.string().max(40),
  location_id: z.string().max(40),
  plan_id: z.string().max(40),
});

const powerSchema = z.strictObject({ on: z.boolean() });

/** Days of a server's charges that are shown with it. */
const CHARGES_MAX = 30;
/** A page does not wait longer for what only the panel knows. */
const DESCRIBE_MS_MAX = 1_500;

/** `GET /api/servers`, `GET /api/servers/catalogue`, `POST /api/servers/create`, `GET|DELETE /api/servers/[id]`, `POST …/power`. */
export function registerServerRoutes(
  routes: Routes,
  { servers, activity, provisioner, limiter }: ServerRoutesOptions,
): void {
  async function describe(panelId: number | null): ReturnType<Provisioner['describe']> {
    const unknown = { address: null, panelUrl: null };
    if (panelId === null) return unknown;
    const late = new Promise<typeof unknown>((resolve) => setTimeout(() => resolve(unknown), DESCRIBE_MS_MAX).unref());
    return Promise.race([provisioner.describe(panelId).catch(() => unknown), late]);
  }

  routes.user('GET', '/api/servers', async ({ user }) => {
    const data = { ...(await servers.read(user.id)), provisioner: provisioner.kind };
    return { body: { success: true, data } satisfies ServersAnswer };
  });

  routes.user('GET', '/api/servers/catalogue', async () => ({
    body: { success: true, data: toCatalogue(provisioner.kind) } satisfies CatalogueAnswer,
  }));

  routes.user('POST', '/api/servers/create', async (context) => {
    const { user, operationId } = context;
    const request = await readBody(context.request, createSchema);
    await limiter.take('serverCreate', context.caller);
    const row = await servers.create(user, operationId, request);
    const snapshot = await context.snapshot();
    return {
      status: 201,
      body: {
        success: true,
        message: `“${row.request.name}” is running.`,
        server_id: row.id,
        server: toGameServer(row),
        cost_breakdown: { plan_cost: row.planCost, setup_fee: row.setupFee, total_cost: row.planCost + row.setupFee },
        data: { new_balance: snapshot.balance.available },
        snapshot,
      } satisfies ServerCreateAnswer,
    };
  });

  routes.user('GET', '/api/servers/:id', async (context) => {
    const { row, server, burn } = await servers.find(context.user.id, readId(context));
    const isThere = row.status === 'running' || row.status === 'deleting';
    const [{ address, panelUrl }, { items, charged }] = await Promise.all([
      describe(isThere ? row.panelId : null),
      activity.charges(context.user.id, row.rateIds, CHARGES_MAX),
    ]);
    const paid = row.perHour === null && row.panelId !== null ? row.planCost + row.setupFee : charged;
    const data = {
      server,
      burn,
      address,
      panel_url: panelUrl,
      charged: paid,
      charges: items,
      provisioner: provisioner.kind,
    };
    return { body: { success: true, data } satisfies ServerAnswer };
  });

  routes.user('POST', '/api/servers/:id/power', async (context) => {
    const id = readId(context);
    const { on } = await readBody(context.request, powerSchema);
    await limiter.take('serverPower', context.caller);
    await servers.setPower(context.user.id, id, on, context.operationId);
    const [{ server }, snapshot] = await Promise.all([servers.find(context.user.id, id), context.snapshot()]);
    return {
      body: {
        success: true,
        message: on ? `“${server.name}” is started.` : `“${server.name}” is stopped.`,
        server,
        data: { new_balance: snapshot.balance.available },
        snapshot,
      } satisfies ServerPowerAnswer,
    };
  });

  routes.user('DELETE', '/api/servers/:id', async (context) => {
    await servers.remove(context.user.id, readId(context), context.operationId);
    const snapshot = await context.snapshot();
    return {
      body: {
        success: true,
        message: 'The server was deleted. Nothing was paid back.',
        data: { new_balance: snapshot.balance.available },
        snapshot,
      } satisfies ServerDeleteAnswer,
    };
  });
}

function readId(context: Pick<UserContext, 'param'>): number {
  const text = context.param('id');
  if (!/^\d{1,15}$/.test(text)) throw new DashboardError('server_not_found', 'There is no such server.');
  return Number(text);
}
