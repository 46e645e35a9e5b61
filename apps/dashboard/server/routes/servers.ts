import { z } from 'zod';
import type { CatalogueAnswer, ServerCreateAnswer, ServerDeleteAnswer, ServersAnswer } from '../../lib/api.ts';
import { readBody } from '../http/body.ts';
import { DashboardError } from '../http/failure.ts';
import type { RateLimiter } from '../http/rate-limit.ts';
import type { Routes } from '../http/route.ts';
import { plainText } from '../http/text.ts';
import type { Provisioner } from '../provisioning/provisioner.ts';
import { toCatalogue } from '../servers/catalogue.ts';
import { toGameServer } from '../servers/server-rows.ts';
import type { Servers } from '../servers/servers.ts';

export interface ServerRoutesOptions {
  servers: Servers;
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

/** `GET /api/servers`, `GET /api/servers/catalogue`, `POST /api/servers/create`, `DELETE /api/servers/[id]`. */
export function registerServerRoutes(routes: Routes, { servers, provisioner, limiter }: ServerRoutesOptions): void {
  routes.user('GET', '/api/servers', async ({ user }) => {
    const rows = await servers.list(user.id);
    return {
      body: {
        success: true,
        data: { servers: rows.map(toGameServer), provisioner: provisioner.kind },
      } satisfies ServersAnswer,
    };
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

  routes.user('DELETE', '/api/servers/:id', async (context) => {
    const text = context.param('id');
    if (!/^\d{1,15}$/.test(text)) throw new DashboardError('server_not_found', 'There is no such server.');
    await servers.remove(context.user.id, Number(text), context.operationId);
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
