import { expect, test } from 'vitest';
import { BRANDING } from '../../branding.ts';
import { accentStyle, assertReadable, contrast, findAccentProblems } from '../../lib/accent.ts';

const { light, dark } = BRANDING.accent;

test('the accent of this dashboard can be read in both themes', () => {
  expect(findAccentProblems(BRANDING.accent)).toEqual([]);
});

test('contrast is the ratio of WCAG', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
  expect(contrast('#ffffff', '#767676')).toBeCloseTo(4.54, 2);
  expect(contrast('#123456', '#123456')).toBe(1);
});

test('a build with an accent that is too pale on a light page ends, and says what to change', () => {
  expect(() => assertReadable({ light: '#f4be47', dark })).toThrow(
    'accent.light in branding.ts is #f4be47: its contrast on the page is 1.6:1, and must be 4.5:1. Choose a darker colour.',
  );
});

test('an accent that is too dark on a dark page is named with its theme', () => {
  const problems = findAccentProblems({ light, dark: '#955b01' });
  expect(problems[0]).toMatch(/^accent\.dark in branding\.ts is #955b01: .* Choose a lighter colour\.$/);
  expect(problems.some((problem) => problem.includes('accent.light'))).toBe(false);
});

test('what is no colour is refused', () => {
  expect(findAccentProblems({ light: 'purple', dark })).toEqual([
    'accent.light in branding.ts is purple: write it as #rrggbb.',
  ]);
});

test('an accent brings its relatives, in its own hue', () => {
  const names = ['', '-large', '-soft', '-border', '-from', '-to', '-on'];
  for (const rule of accentStyle(BRANDING.accent).split('}').slice(0, 2))
    expect([...rule.matchAll(/--credits(-\w+)?:#[0-9a-f]{6}/g)].map(([, name = '']) => name)).toEqual(names);
  // A blue accent has a blue ground: its last channel is the strongest.
  const soft = /--credits-soft:#(\w\w)(\w\w)(\w\w)/.exec(accentStyle({ light: '#1d4ed8', dark }));
  expect(Number.parseInt(soft?.[3] ?? '', 16)).toBeGreaterThan(Number.parseInt(soft?.[1] ?? '', 16));
});
