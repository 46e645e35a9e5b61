'use client';
/** Hooks over the sync client. No provider. */
export {
  useCreditsMutation,
  type CreditsMutation,
  type CreditsMutationOptions,
  type CreditsRequest,
} from './react/use-credits-mutation.ts';
export { useCreditsState } from './react/use-credits-state.ts';
export { useCreditsValue } from './react/use-credits-value.ts';
