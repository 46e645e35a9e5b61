/** How those are called with whose accounts people can sign in. */
export const PROVIDER_NAMES = { discord: 'Discord', google: 'Google', github: 'GitHub' } as const;
