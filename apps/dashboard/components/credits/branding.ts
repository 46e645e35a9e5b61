import { BRANDING } from '../../branding.ts';

export { UNIT } from '../../lib/unit.ts';

/** Which artwork the coin has. */
export const COIN = BRANDING.coin;
