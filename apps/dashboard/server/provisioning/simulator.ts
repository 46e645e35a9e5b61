import type { AdminProvisioningAnswer } from '../../lib/admin-api.ts';
import { ProvisioningError, type Provisioner } from './provisioner.ts';

/** How the simulator behaves: what an administrator adjusts. */
export type SimulatorSettings = Pick<AdminProvisioningAnswer['data'], 'delay_ms' | 'failure'>;

/** Makes servers that exist nowhere, and says so: `kind` reaches every page that shows a server. */
export interface Simulator extends Provisioner {
  readonly kind: 'simulator';
  readSettings(): SimulatorSettings;
  adjust(settings: SimulatorSettings): void;
}

/** Longer than it takes to see that something is under way, shorter than it takes to get bored. */
export const SIMULATOR_DELAY_MS = 1_200;
/** Shorter than the time-out of a request. */
export const SIMULATOR_DELAY_MS_MAX = 20_000;

/** Keeps what it made in memory; after a restart nothing that was under way exists. */
export function createSimulator(
  initial: SimulatorSettings = { delay_ms: SIMULATOR_DELAY_MS, failure: 'none' },
): Simulator {
  let settings = initial;
  let lastId = 0;
  const made = new Map<string, number>();

  function make(externalId: string): { panelId: number } {
    const panelId = made.get(externalId) ?? ++lastId;
    made.set(externalId, panelId);
    return { panelId };
  }

  return Object.freeze({
    kind: 'simulator' as const,
    async create({ externalId }: { externalId: string }) {
      const { delay_ms: delayMs, failure } = settings;
      if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
      if (failure === 'refuse') throw new ProvisioningError('refused', 'The simulator was told to refuse.');
      if (failure === 'no_node') throw new ProvisioningError('refused', 'There is no room for this plan right now.');
      const server = make(externalId);
      if (failure === 'lost_answer') throw new ProvisioningError('unknown', 'The answer was lost on the way.');
      return server;
    },
    async find(externalId: string) {
      const panelId = made.get(externalId);
      return panelId === undefined ? null : { panelId };
    },
    async remove(panelId: number) {
      for (const [externalId, id] of made) if (id === panelId) made.delete(externalId);
    },
    async suspend() {},
    async unsuspend() {},
    async describe(panelId: number) {
      // A domain that nobody can own: it must not look like a server that exists.
      return { address: `server-${panelId}.example.test:25565`, panelUrl: null };
    },
    readSettings: () => settings,
    adjust(next: SimulatorSettings) {
      settings = next;
    },
  });
}

/** Whether servers are simulated, and can be told to fail. */
export function isSimulator(provisioner: Provisioner | Simulator): provisioner is Simulator {
  return provisioner.kind === 'simulator' && 'adjust' in provisioner;
}
