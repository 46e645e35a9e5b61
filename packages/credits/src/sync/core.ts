import { CreditsError } from '../contract/error.ts';
import type { CreditsClient } from './client.ts';
import type { Predictions } from './compat/predictions.ts';
import type { Runner } from './connection/runner.ts';
import type { Environment } from './environment.ts';
import type { Store } from './store.ts';

/** The parts of a client that `compat/` builds on. Not public. */
export interface Core {
  readonly environment: Environment;
  readonly store: Store;
  readonly runner: Runner;
  /** One for each client: everything that predicts must know what was predicted. */
  predictions?: Predictions;
}

/** Where a client keeps its core: out of sight of hosts, and copied along when a host wraps a client. */
export const CORE = Symbol('realtime-credits core');

/** @throws {CreditsError} `invalid_request` — the client was not made by `createCreditsClient`. */
export function getCore(client: CreditsClient): Core {
  const core = (client as { [CORE]?: Core })[CORE];
  if (core !== undefined) return core;
  throw new CreditsError('invalid_request', 'This client was not made by createCreditsClient.');
}
