import { BRANDING } from '../branding.ts';

const { one, many } = BRANDING.unit;

/** What people own: `credit`, `credits`, and `Credits` where a sentence or a label begins. */
export const UNIT = { one, many, title: many.charAt(0).toUpperCase() + many.slice(1) } as const;
