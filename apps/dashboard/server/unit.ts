import { BRANDING } from '../branding.ts';

const { one, many } = BRANDING.unit;

/** What people own, as the API and the log write it: in the language of the branding, and not of the request. */
export const UNIT = { one, many, title: many.charAt(0).toUpperCase() + many.slice(1) } as const;
