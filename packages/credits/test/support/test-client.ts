import { createCreditsClient, type CreditsClient, type CreditsClientOptions } from '../../src/sync/client.ts';
import { createPredictions, type Predictions } from '../../src/sync/compat/predictions.ts';

/** A client with the documented hooks, as most hosts have it. */
export type TestClient = CreditsClient & Predictions;

export function createTestClient(options: CreditsClientOptions): TestClient {
  const client = createCreditsClient(options);
  return { ...client, ...createPredictions(client) };
}
