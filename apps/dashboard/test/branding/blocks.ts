import type { Branding } from '../../lib/branding-shape.ts';

/** A brand that has nothing in common with the one that is built in. */
export const BLOCKS: Branding = {
  name: 'Blockforge',
  description: 'Worlds for your friends.',
  promise: 'Every gem is accounted for.',
  unit: { one: 'gem', many: 'gems' },
  coin: 'hexagon',
  accent: { light: '#5b3fc4', dark: '#b9a5ff' },
  mark: { size: 24, paths: [{ d: 'M4 4H20V20H4Z', colour: 'accent' }] },
  docs: null,
};
