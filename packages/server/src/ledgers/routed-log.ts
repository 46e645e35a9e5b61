import { CreditsError, isCreditsError } from 'realtime-credits/contract';
import type { Ledger } from '../ledger/ledger.ts';
import type { Delivery } from '../ledger/webhooks/outbox.ts';
import { run } from './list.ts';
import type { Member } from './member.ts';
import type { Routing } from './route-commands.ts';

/** Deliveries of all ledgers: those of the first, the newest first, then those of the next. */
export function createRoutedLog({ members, pool }: Routing): Ledger['webhooks'] {
  const has = async ({ schema }: Member, id: string): Promise<boolean> =>
    (await run(pool, `SELECT 1 AS found FROM "${schema}".outbox WHERE id::text = $1`, [id])).length > 0;
  return Object.freeze<Ledger['webhooks']>({
    async list(options = {}) {
      const { limit = 25, before } = options;
      const deliveries: Delivery[] = [];
      let from = before;
      for (const member of members) {
        if (from !== undefined && member !== members.at(-1) && !(await has(member, from))) continue;
        const left = limit - deliveries.length;
        if (left === 0) break;
        const { before: _before, ...query } = options;
        const page = await member.ledger.webhooks.list({
          ...query,
          limit: left,
          ...(from === undefined ? {} : { before: from }),
        });
        deliveries.push(...page.deliveries);
        from = undefined;
      }
      return { deliveries, next: deliveries.length < limit ? null : (deliveries.at(-1)?.id ?? null) };
    },
    async replay(id) {
      for (const { ledger } of members) {
        try {
          return await ledger.webhooks.replay(id);
        } catch (error) {
          if (!isCreditsError(error) || error.code !== 'not_found') throw error;
        }
      }
      throw new CreditsError('not_found', `There is no event ${id} in the delivery log.`);
    },
  });
}
