import type { Hono } from 'hono';
import type { Health } from '../health.ts';
import type { Routes } from '../http/route.ts';
import { assertMayReadMetrics, type Metrics } from '../metrics.ts';

export interface OperationsOptions {
  app: Hono;
  health: Health;
  metrics: Metrics;
  metricsToken: string | null;
}

/**
 * For the operator's machines.
 *
 * `GET /api/health/live`: this process responds; restart it when it does not. `GET /api/health/ready`: it can also read and
 * change its database; send nobody here while it cannot. A restart would not help then. `GET /api/metrics`: Prometheus.
 */
export function registerOperationsRoutes(
  routes: Routes,
  { app, health, metrics, metricsToken }: OperationsOptions,
): void {
  routes.anyone('GET', '/api/health/live', async () => ({ body: { success: true, status: 'live' } }));
  routes.anyone('GET', '/api/health/ready', async () => {
    await health.assertReady();
    return { body: { success: true, status: 'ready' } };
  });
  app.get('/api/metrics', async (context) => {
    assertMayReadMetrics(context.req.raw, metricsToken);
    const { contentType, text } = await metrics.read();
    return context.body(text, 200, { 'Content-Type': contentType, 'Cache-Control': 'private, no-store' });
  });
}
