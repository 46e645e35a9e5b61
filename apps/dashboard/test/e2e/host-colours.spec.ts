import { readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';

// What the registry's items are coloured with, in dashboards of several kinds. Tailwind writes `@theme inline` colours into
// each class as they stand, so what they are made of is read where the class is used.

const ROOT = new URL('../../../../', import.meta.url);
const { items } = JSON.parse(readFileSync(new URL('apps/dashboard/registry.json', ROOT), 'utf8')) as {
  items: { cssVars?: { theme: Record<string, string>; light?: Record<string, string> } }[];
};
const theme = Object.assign({}, ...items.map(({ cssVars }) => cssVars?.theme)) as Record<string, string>;
const constants = Object.assign({}, ...items.map(({ cssVars }) => cssVars?.light)) as Record<string, string>;

/** The variables of a host, in light and in dark. */
function readHost(name: string): { light: string; dark: string } {
  const text = readFileSync(new URL(`test/hosts/${name}/app/globals.css`, ROOT), 'utf8');
  const read = (selector: string) => new RegExp(`^${selector} \\{([^}]*)\\}`, 'm').exec(text)?.[1] ?? '';
  return { light: read(':root'), dark: read('\\.dark') };
}
const FRESH = readHost('fresh');
const LEGACY = readHost('legacy');

const HOSTS: Record<string, string> = {
  'shadcn’s own colours, in light': `:root { ${FRESH.light} }`,
  'shadcn’s own colours, with the class on the page': `:root { ${FRESH.light} } .dark { ${FRESH.dark} }`,
  'a dashboard that is always dark, in :root': `:root { ${FRESH.light} ${FRESH.dark} }`,
  'a blue dashboard that is always dark, in :root': `:root { ${LEGACY.light} ${LEGACY.dark} }`,
  'a blue dashboard, in light': `:root { ${LEGACY.light} }`,
  'a dashboard whose theme is an attribute of its body': `:root { ${FRESH.light} } [data-theme='dark'] { ${FRESH.dark} }`,
  'a black dashboard that is always dark, with a dark red': `:root { ${FRESH.light} ${FRESH.dark} --background: #000; --card: #0b0f19; --foreground: #e5e7eb; --destructive: oklch(0.396 0.141 25.7); }`,
};

/** Text on ground, as the items' classes have it. */
const PAIRS: [text: string, ground: string][] = [
  ...['background', 'card', 'popover', 'accent'].flatMap((ground): [string, string][] => [
    ['credits', ground],
    ['success', ground],
  ]),
  ['credits', 'credits-soft'],
  ['success', 'success-soft'],
  ['info', 'info-soft'],
  ['destructive-foreground', 'destructive'],
  ['credits-on', 'credits-from'],
  ['credits-on', 'credits-to'],
];

for (const [name, css] of Object.entries(HOSTS)) {
  test(`A14: amounts can be read on the ground of ${name}`, async ({ page }) => {
    const colour = (of: string) => theme[`color-${of}`] ?? `var(--${of})`;
    const variables = Object.entries(constants).map(([key, value]) => `--${key}: ${value};`);
    const rows = PAIRS.map(
      ([text, ground], index) =>
        `<p id="p${index}" style="color: ${colour(text)}; background: ${colour(ground)}">1,000</p>`,
    );
    await page.setContent(
      `<html class="${name.includes('class') ? 'dark' : ''}"><style>${css} :root { ${variables.join(' ')} }</style>` +
        `<body data-theme="dark">${rows.join('')}</body></html>`,
    );
    const contrasts = await page.evaluate((count) => {
      const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
      if (context === null) throw new Error('A canvas draws.');
      const readLuminance = (shown: string): number => {
        context.fillStyle = shown;
        context.fillRect(0, 0, 1, 1);
        const [red = 0, green = 0, blue = 0] = [...context.getImageData(0, 0, 1, 1).data].map((byte) =>
          byte <= 10 ? byte / 255 / 12.92 : ((byte / 255 + 0.055) / 1.055) ** 2.4,
        );
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
      };
      return Array.from({ length: count }, (_, index) => {
        const style = getComputedStyle(document.querySelector(`#p${index}`) ?? document.body);
        const [low = 0, high = 0] = [style.color, style.backgroundColor].map(readLuminance).toSorted((a, b) => a - b);
        return (high + 0.05) / (low + 0.05);
      });
    }, PAIRS.length);
    const low = PAIRS.map((pair, index) => `${pair.join(' on ')}: ${contrasts[index]?.toFixed(2)}`).filter(
      (_, index) => (contrasts[index] ?? 0) < 4.5,
    );
    expect(low).toEqual([]);
  });
}
