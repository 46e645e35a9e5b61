/** What people own: one, many, and many where a label begins. Change it here, and every display says it. */
export const UNIT = { one: 'credit', many: 'credits', title: 'Credits' };

/** Which artwork the coin has: `diamond`, `star`, `bolt` or `hexagon`. */
export const COIN: 'diamond' | 'star' | 'bolt' | 'hexagon' = 'diamond';
