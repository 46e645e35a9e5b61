import { z } from 'zod';
import type { AdminTrendsAnswer } from '../../lib/admin-api.ts';
import type { Trends } from '../administration/trends.ts';
import { readQuery, wholeNumber } from '../http/body.ts';
import type { Routes } from '../http/route.ts';

/** A quarter of a year: more days are no picture any more. */
const DAYS_MAX = 92;

const trendsSchema = z.strictObject({ days: wholeNumber.pipe(z.int().min(1).max(DAYS_MAX)).default(30) });

/** `GET /api/admin/trends?days=30` */
export function registerTrendsRoutes(routes: Routes, { trends }: { trends: Trends }): void {
  routes.admin('GET', '/api/admin/trends', async ({ request }) => {
    const { days } = readQuery(request, trendsSchema);
    return { body: { success: true, data: await trends.read(days) } satisfies AdminTrendsAnswer };
  });
}
