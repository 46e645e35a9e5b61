import type { Plan } from '../../lib/api.ts';

/**
 * The port to whatever makes servers. Two implementations: a Pterodactyl panel, and the built-in simulator.
 *
 * Every server has an `externalId` of ours before the first request. When the response is lost, the server is found
 * by this id instead of being made twice.
 */
export interface Provisioner {
  readonly kind: 'pterodactyl' | 'simulator';
  /**
   * Makes a server. Repeating with the same `externalId` never makes a second one.
   * @throws {ProvisioningError}
   */
  create(order: ServerOrder): Promise<{ panelId: number }>;
  /** The server with this external id; null when there is none. @throws {ProvisioningError} `unknown` — no answer. */
  find(externalId: string): Promise<{ panelId: number } | null>;
  /** Removes a server; one that is gone already is removed. @throws {ProvisioningError} `unknown` — no answer. */
  remove(panelId: number): Promise<void>;
  /** Stops a server, and keeps its owner from starting it. Repeating it changes nothing. @throws as {@link remove} */
  suspend(panelId: number): Promise<void>;
  /** Ends a suspension. @throws as {@link remove} */
  unsuspend(panelId: number): Promise<void>;
  /** Where players find a server, and where its owner manages it. Null where there is none. @throws as {@link remove} */
  describe(panelId: number): Promise<{ address: string | null; panelUrl: string | null }>;
}

/** What is to be made, and for whom. */
export interface ServerOrder {
  externalId: string;
  name: string;
  owner: { id: string; email: string; username: string; displayName: string };
  /** The panel's own names: of the nest, of the egg in it, and the short code of the location. */
  nest: string;
  egg: string;
  location: string;
  plan: Plan;
}

/**
 * What is known after a failure.
 *
 * - `refused`: the panel said no; this call made nothing, and the sentence may be shown.
 * - `unknown`: no answer was had; the server may exist, now or in a moment.
 */
export type ProvisioningOutcome = 'refused' | 'unknown';

/** The panel did not make the server, or did not say so. */
export class ProvisioningError extends Error {
  readonly outcome: ProvisioningOutcome;

  constructor(outcome: ProvisioningOutcome, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ProvisioningError';
    this.outcome = outcome;
  }
}
