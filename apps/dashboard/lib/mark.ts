import type { Branding } from './branding-shape.ts';

/** The mark as the picture of the site, on its own dark ground: browsers show it on any colour. */
export function drawIcon({ mark: { size, paths }, accent }: Pick<Branding, 'mark' | 'accent'>): string {
  const colours = { accent: accent.dark, text: '#f4f3f1' };
  const drawn = paths
    .map(({ d, colour, stroke }) =>
      stroke === undefined
        ? `<path d="${d}" fill="${colours[colour]}"/>`
        : `<path d="${d}" stroke="${colours[colour]}" stroke-width="${stroke * 1.12}"/>`,
    )
    .join('');
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" fill="none">` +
    `<rect width="${size}" height="${size}" rx="${size * 0.22}" fill="#141413"/>` +
    `<g transform="translate(${size / 10} ${size / 10}) scale(.8)" stroke-linecap="round" stroke-linejoin="round">${drawn}</g></svg>`
  );
}
