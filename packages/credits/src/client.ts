/** The follower: any runtime, no React. */
export * from './index.ts';
export {
  createCreditsClient,
  selectShown,
  type Confirmed,
  type ConnectionState,
  type CreditsClient,
  type CreditsClientOptions,
  type CreditsState,
  type Frame,
  type Mutation,
  type OperationHandle,
  type PendingOperation,
} from './sync/client.ts';
export { createCreditsFetch, type CreditsFetchOptions } from './sync/credits-fetch.ts';
export { createBrowserEnvironment, type Environment, type PageEvent } from './sync/environment.ts';
