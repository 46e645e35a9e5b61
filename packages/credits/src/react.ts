'use client';
/** Hooks over the sync client. No provider. */
export { useCreditsCommand, type CreditsCommand } from './react/use-credits-command.ts';
export { useCreditsState } from './react/use-credits-state.ts';
export { useCreditsValue } from './react/use-credits-value.ts';
