import type { ActivityFilter, ActivityKind } from 'realtime-credits-server';
import type { ActivityGroup } from '../../lib/activity.ts';

/** Which of the ledger's lines each of the players' groups is. The categories are those that this dashboard writes. */

const EARN = 'earn';
/** What a shop of the operator's grants. */
const SHOP = 'shop';
/** Every command of an administrator has it, whether it adds, takes or sets. */
const TEAM = 'admin';

/** The group of what was granted, by its category; a gift by any other. */
const GRANTS: ReadonlyMap<string, ActivityGroup> = new Map([
  [TEAM, 'adjusted'],
  [EARN, 'earned'],
  [SHOP, 'bought'],
]);

/** Of lines that only repeat what another one tells: they change nothing, and nobody is shown them. */
export const HIDDEN = 'hidden';

/** The group of a line. */
export function toGroup({ kind, category }: { kind: ActivityKind; category: string }): ActivityGroup {
  switch (kind) {
    case 'granted':
      return GRANTS.get(category) ?? 'gifts';
    case 'spent':
      return category === TEAM ? 'adjusted' : 'spent';
    case 'used':
      return 'hosting';
    case 'refunded':
    case 'reversed':
      return 'refunds';
    default:
      return kind;
  }
}

/** The lines of a group: those that {@link toGroup} puts into it. */
export const GROUP_FILTERS: Record<ActivityGroup, ActivityFilter> = {
  earned: { kinds: ['granted'], categories: [EARN] },
  bought: { kinds: ['granted'], categories: [SHOP] },
  gifts: { kinds: ['granted'], exceptCategories: [...GRANTS.keys()] },
  received: { kinds: ['received'] },
  refunds: { kinds: ['refunded', 'reversed'] },
  adjusted: { kinds: ['granted', 'spent', 'adjusted'], categories: [TEAM] },
  spent: { kinds: ['spent'], exceptCategories: [TEAM] },
  hosting: { kinds: ['used'] },
  sent: { kinds: ['sent'] },
  reserved: { kinds: ['reserved'] },
  released: { kinds: ['released'] },
  expired: { kinds: ['expired'] },
};
