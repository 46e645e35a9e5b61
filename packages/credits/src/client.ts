/** The follower: any runtime, no React. */
export * from './index.ts';
export { selectShown, type CreditsClient, type CreditsState } from './sync/client.ts';
