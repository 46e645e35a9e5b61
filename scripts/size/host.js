// What a host's browsers download for the credits, apart from React and the host's own user store: the entry that the
// size check bundles.
export * from '../../apps/dashboard/stores/credits-store.ts';
export * from 'realtime-credits/react';
