import { CreditsError } from 'realtime-credits';
import { z } from 'zod';
import { ACTIVITY_GROUPS, isDay, isTimeZone } from '../../lib/activity.ts';
import type { ActivityAnswer, ActivityItemAnswer, ActivityTotalsAnswer } from '../../lib/api.ts';
import type { Activity } from '../activity/activity.ts';
import { toCsvStream } from '../activity/csv.ts';
import { readQuery } from '../http/body.ts';
import type { Routes } from '../http/route.ts';

export interface ActivityRoutesOptions {
  activity: Activity;
}

const ITEMS_MAX = 100;
/** Lines that an export reads at a time. */
const EXPORT_PAGE = 1_000;

const amount = z.string().regex(/^\d{1,15}$/, 'must be a whole number');
const day = z.string().refine(isDay, 'must be a day such as 2026-11-22');
const filterSchema = z.strictObject({
  way: z.enum(['in', 'out']).exactOptional(),
  type: z.enum(ACTIVITY_GROUPS).exactOptional(),
  q: z
    .string()
    .trim()
    .regex(/^[^\p{Cc}\p{Cs}]{1,100}$/u, 'must be 1 to 100 characters on one line')
    .exactOptional(),
  min: amount.exactOptional(),
  max: amount.exactOptional(),
  from: day.exactOptional(),
  to: day.exactOptional(),
  tz: z.string().max(64).refine(isTimeZone, 'must be a time zone').exactOptional(),
});
const pageSchema = filterSchema.extend({
  before: z
    .string()
    .regex(/^r?\d{1,15}$/, 'must be the next of a page')
    .exactOptional(),
  limit: z
    .string()
    .regex(/^\d{1,3}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.int().min(1).max(ITEMS_MAX))
    .default(50),
});

/** `GET /api/activity*`: what happened to the user's own balance. */
export function registerActivityRoutes(routes: Routes, { activity }: ActivityRoutesOptions): void {
  routes.user('GET', '/api/activity', async ({ request, user }) => {
    const { before, limit, ...query } = readQuery(request, pageSchema);
    const data = await activity.page(user.id, query, { before, limit });
    return { body: { success: true, data } satisfies ActivityAnswer };
  });

  routes.user('GET', '/api/activity/totals', async ({ request, user }) => {
    const data = await activity.totals(user.id, readQuery(request, filterSchema));
    return { body: { success: true, data } satisfies ActivityTotalsAnswer };
  });

  routes.user('GET', '/api/activity/export', async ({ request, requestId, user }) => {
    const query = readQuery(request, filterSchema);
    const csv = toCsvStream((before) => activity.page(user.id, query, { before, limit: EXPORT_PAGE }));
    return new Response(csv, {
      headers: {
        'Content-Type': 'text/csv; charset=utf-8',
        'Content-Disposition': `attachment; filename="credits-${new Date().toISOString().slice(0, 10)}.csv"`,
        'Cache-Control': 'private, no-store',
        'X-Request-Id': requestId,
      },
    });
  });

  routes.user('GET', '/api/activity/:version', async (context) => {
    const version = context.param('version');
    if (!/^[1-9]\d{0,14}$/.test(version)) throw new CreditsError('not_found');
    const data = await activity.find(context.user.id, Number(version));
    return { body: { success: true, data } satisfies ActivityItemAnswer };
  });
}
