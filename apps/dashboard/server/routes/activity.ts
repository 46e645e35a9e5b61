import { CreditsError } from 'realtime-credits';
import { z } from 'zod';
import { ACTIVITY_GROUPS } from '../../lib/activity.ts';
import type { AdminActivityAnswer } from '../../lib/admin-api.ts';
import type { ActivityAnswer, ActivityItemAnswer, ActivityTotalsAnswer, BalancesAnswer } from '../../lib/api.ts';
import type { Activity, ActivityReaderRole } from '../activity/activity.ts';
import { writeCsv } from '../activity/csv.ts';
import { readQuery } from '../http/body.ts';
import { toDownload } from '../http/download.ts';
import type { Routes, UserContext } from '../http/route.ts';
import type { Users } from '../users.ts';
import { findUser } from './find-user.ts';
import { rangeShape, searchText } from './range-schema.ts';
import type { ToAdminUser } from './to-admin-user.ts';

export interface ActivityRoutesOptions {
  activity: Activity;
  users: Users;
  toAdminUser: ToAdminUser;
}

const ITEMS_MAX = 100;
/** Lines that an export reads at a time. */
const EXPORT_PAGE = 1_000;

const filterSchema = z.strictObject({
  way: z.enum(['in', 'out']).exactOptional(),
  type: z.enum(ACTIVITY_GROUPS).exactOptional(),
  q: searchText.exactOptional(),
  ...rangeShape,
});
const balancesSchema = z.strictObject({ from: z.iso.datetime().exactOptional() });
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

/** `GET /api/activity*`: what happened to the user's own balance; `GET /api/admin/users/[id]/activity*`: to anybody's. */
export function registerActivityRoutes(routes: Routes, options: ActivityRoutesOptions): void {
  const { activity, users, toAdminUser } = options;

  function answerCsv(userId: string, { request, requestId }: UserContext, reader: ActivityReaderRole): Response {
    const query = readQuery(request, filterSchema);
    const csv = writeCsv((before) => activity.page(userId, query, { before, limit: EXPORT_PAGE, reader }));
    return toDownload(csv, { name: 'credits.csv', type: 'text/csv', requestId });
  }

  routes.user('GET', '/api/activity', async ({ request, user }) => {
    const { before, limit, ...query } = readQuery(request, pageSchema);
    const data = await activity.page(user.id, query, { before, limit });
    return { body: { success: true, data } satisfies ActivityAnswer };
  });

  routes.user('GET', '/api/activity/totals', async ({ request, user }) => {
    const data = await activity.totals(user.id, readQuery(request, filterSchema));
    return { body: { success: true, data } satisfies ActivityTotalsAnswer };
  });

  routes.user('GET', '/api/activity/balances', async ({ request, user }) => {
    const { from } = readQuery(request, balancesSchema);
    return { body: { success: true, data: await activity.balances(user.id, from) } satisfies BalancesAnswer };
  });

  routes.user('GET', '/api/activity/export', async (context) => answerCsv(context.user.id, context, 'user'));

  routes.admin('GET', '/api/admin/users/:id/activity', async (context) => {
    const user = await findUser(users, context);
    const { before, limit, ...query } = readQuery(context.request, pageSchema);
    const [data, totals] = await Promise.all([
      activity.page(user.id, query, { before, limit, reader: 'admin' }),
      before === undefined ? activity.totals(user.id, query) : null,
    ]);
    return {
      body: { success: true, user: await toAdminUser(user), data, totals } satisfies AdminActivityAnswer,
    };
  });

  routes.admin('GET', '/api/admin/users/:id/activity/export', async (context) =>
    answerCsv((await findUser(users, context)).id, context, 'admin'),
  );

  routes.user('GET', '/api/activity/:version', async (context) => {
    const version = context.param('version');
    if (!/^[1-9]\d{0,14}$/.test(version)) throw new CreditsError('not_found');
    const data = await activity.find(context.user.id, Number(version));
    return { body: { success: true, data } satisfies ActivityItemAnswer };
  });
}
