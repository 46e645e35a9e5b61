import type { Branding } from './lib/branding-shape.ts';

/** Whose dashboard this is. Everything that people see of it is decided here; a build reports what nobody could read. */
export const BRANDING: Branding = {
  name: 'Real-Time Credits',
  description: 'Game servers paid with credits, and a balance that is right in every open tab.',
  promise: 'Every credit has a reason, and every open tab shows the same number.',
  unit: { one: 'credit', many: 'credits' },
  coin: 'diamond',
  accent: { light: '#955b01', dark: '#f4be47' },
  // A coin whose rim is open where a pulse leaves it: the balance on its way to every tab.
  mark: {
    size: 32,
    paths: [
      { d: 'M25.6 9.2A11.7 11.7 0 1 0 25.6 22.8', colour: 'accent', stroke: 3.2 },
      { d: 'M9.5 16h4l2.4-5 3.6 10 2.5-5H30', colour: 'text', stroke: 2.6 },
    ],
  },
  docs: 'Docs',
};
