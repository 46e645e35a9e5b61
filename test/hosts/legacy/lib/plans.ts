/** What a server costs, in coins. */
export const PLANS = [
  { id: 'small', name: 'Small', cost: 60, memory: '2 GB' },
  { id: 'medium', name: 'Medium', cost: 100, memory: '4 GB' },
  { id: 'large', name: 'Large', cost: 240, memory: '8 GB' },
] as const;

export type Plan = (typeof PLANS)[number];
