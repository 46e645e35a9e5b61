import { ProvisioningError, type Provisioner, type ServerOrder } from '../../../server/provisioning/provisioner.ts';

/** A panel in memory that fails as told. */
export interface FakePanel extends Provisioner {
  /** Servers that exist, by external id. */
  readonly servers: Map<string, number>;
  readonly orders: ServerOrder[];
  /** What the next calls of `create` do; afterwards it works. */
  plan(...steps: CreateStep[]): void;
  /** Whether `find` and `remove` answer. */
  silent: boolean;
  /** Ids of servers that are suspended. */
  readonly suspended: Set<number>;
}

export type CreateStep = 'refuse' | 'no_answer' | 'made_but_no_answer' | (() => Promise<void>);

export function createFakePanel(): FakePanel {
  const servers = new Map<string, number>();
  const orders: ServerOrder[] = [];
  const steps: CreateStep[] = [];
  let lastId = 0;

  function make(externalId: string): { panelId: number } {
    const panelId = servers.get(externalId) ?? (lastId += 1);
    servers.set(externalId, panelId);
    return { panelId };
  }

  const panel: FakePanel = {
    kind: 'pterodactyl',
    servers,
    orders,
    suspended: new Set(),
    silent: false,
    plan: (...next) => {
      steps.push(...next);
    },
    async create(order) {
      orders.push(order);
      const step = steps.shift();
      if (step === 'refuse') throw new ProvisioningError('refused', 'There is no room for this plan right now.');
      if (step === 'no_answer') throw new ProvisioningError('unknown', 'The panel did not answer.');
      if (typeof step === 'function') await step();
      const made = make(order.externalId);
      if (step === 'made_but_no_answer') throw new ProvisioningError('unknown', 'The panel did not answer.');
      return made;
    },
    async find(externalId) {
      if (panel.silent) throw new ProvisioningError('unknown', 'The panel did not answer.');
      const panelId = servers.get(externalId);
      return panelId === undefined ? null : { panelId };
    },
    async suspend(panelId) {
      if (panel.silent) throw new ProvisioningError('unknown', 'The panel did not answer.');
      panel.suspended.add(panelId);
    },
    async unsuspend(panelId) {
      if (panel.silent) throw new ProvisioningError('unknown', 'The panel did not answer.');
      panel.suspended.delete(panelId);
    },
    async describe(panelId) {
      if (panel.silent) throw new ProvisioningError('unknown', 'The panel did not answer.');
      return { address: `203.0.113.7:${25_565 + panelId}`, panelUrl: `https://panel.example.test/server/${panelId}` };
    },
    async remove(panelId) {
      if (panel.silent) throw new ProvisioningError('unknown', 'The panel did not answer.');
      for (const [externalId, id] of servers) if (id === panelId) servers.delete(externalId);
    },
  };
  return panel;
}
