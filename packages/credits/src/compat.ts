/** Predictions around a plain `fetch`: for code that does not use `client.mutate` yet. */
export { createCreditsFetch, type CreditsFetchOptions } from './sync/compat/credits-fetch.ts';
export { createPredictions, type OperationHandle, type Predictions } from './sync/compat/predictions.ts';
