import { BRANDING } from '@/branding';

export { UNIT } from '@/lib/unit';

/** Which artwork the coin has. */
export const COIN = BRANDING.coin;
