/** The sync client: any runtime, no React. */
export { CreditsError, isCreditsError, type CreditsErrorCode } from './contract/error.ts';
export type { Balance } from './contract/balance.ts';
export type { Snapshot } from './contract/snapshot.ts';
export { createCreditsClient, type CreditsClient, type CreditsClientOptions } from './sync/client.ts';
export type { Mutation } from './sync/commands/mutation.ts';
export {
  selectShown,
  selectView,
  type Confirmed,
  type ConnectionState,
  type CreditsState,
  type CreditsView,
  type PendingOperation,
} from './sync/number/view.ts';
export type { Frame } from './sync/store.ts';
