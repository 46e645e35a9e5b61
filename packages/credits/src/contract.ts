/**
 * The wire contract, for servers: the values, errors, routes, headers and events that both ends share, and the functions
 * that read and write them. `realtime-credits-server` is built on it; a server of your own, or its tests, can be too.
 * Pages use `realtime-credits/client`.
 */
export * from './contract/account-id.ts';
export * from './contract/accrual.ts';
export * from './contract/allowance.ts';
export * from './contract/amount.ts';
export * from './contract/balance.ts';
export * from './contract/error.ts';
export * from './contract/event.ts';
export * from './contract/hold.ts';
export * from './contract/lot.ts';
export * from './contract/idempotency-key.ts';
export * from './contract/only-time-passed.ts';
export * from './contract/problem.ts';
export * from './contract/rate.ts';
export * from './contract/route.ts';
export * from './contract/snapshot.ts';
export * from './contract/storable.ts';
export * from './contract/transfer.ts';
