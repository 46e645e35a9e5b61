import type { Branding } from './branding-shape.ts';
import { PAGE_COLOURS } from './page-colours.ts';

/**
 * The colours of an accent: what the variables `--credits-…` are, and whether people can read them. Calculated in Oklch,
 * where a step of lightness looks alike in every hue.
 */

type Theme = 'light' | 'dark';
/** Lightness 0–1, chroma, and hue in degrees. */
interface Oklch {
  l: number;
  c: number;
  h: number;
}
/** A relative of the accent: its own lightness (or a step of it), a part of the chroma, and how far a warm hue turns. */
type Relative = { l: number } | { lighter: number };

const RELATIVES: Record<Theme, Record<string, Relative & { chroma: number; turn: number }>> = {
  light: {
    // Large digits only: they are readable at less contrast, so they may be brighter.
    large: { lighter: 0.085, chroma: 1.17, turn: 2 },
    soft: { l: 0.968, chroma: 0.28, turn: 18 },
    border: { l: 0.87, chroma: 0.74, turn: 16 },
    from: { l: 0.9, chroma: 1.04, turn: 24 },
    to: { l: 0.81, chroma: 1.3, turn: 8 },
    on: { l: 0.28, chroma: 0.52, turn: -2 },
  },
  dark: {
    large: { lighter: 0, chroma: 1, turn: 0 },
    soft: { l: 0.245, chroma: 0.22, turn: -2 },
    border: { l: 0.4, chroma: 0.45, turn: -2 },
    from: { l: 0.88, chroma: 0.9, turn: 8 },
    to: { l: 0.77, chroma: 1.07, turn: -12 },
    on: { l: 0.24, chroma: 0.38, turn: -18 },
  },
};

/** Of WCAG 2.2: text, and large text. */
const CONTRAST_MIN = 4.5;
const CONTRAST_LARGE_MIN = 3;

/** The accent and its relatives as `#rrggbb`, by the name of the variable behind `--credits`. */
function toColours(accent: string, theme: Theme): Record<string, string> {
  const base = toOklch(accent);
  // Lighter brown is yellow to the eye; lighter blue is blue.
  const isWarm = base.h > 30 && base.h < 110;
  const relatives = Object.entries(RELATIVES[theme]).map(([name, relative]) => [
    `-${name}`,
    toHex({
      l: 'l' in relative ? relative.l : base.l + relative.lighter,
      c: base.c * relative.chroma,
      h: base.h + (isWarm ? relative.turn : 0),
    }),
  ]);
  return { '': accent, ...Object.fromEntries(relatives) };
}

/** The rules that set the variables of both themes. */
export function accentStyle(accent: Branding['accent']): string {
  const write = (theme: Theme) =>
    Object.entries(toColours(accent[theme], theme))
      .map(([name, colour]) => `--credits${name}:${colour}`)
      .join(';');
  return `:root{${write('light')}}.dark{${write('dark')}}`;
}

/** What is wrong with an accent, in sentences. */
export function findAccentProblems(accent: Branding['accent']): string[] {
  return (['light', 'dark'] as const).flatMap((theme) => {
    const where = `accent.${theme} in branding.ts is ${accent[theme]}`;
    if (!/^#[0-9a-f]{6}$/i.test(accent[theme])) return [`${where}: write it as #rrggbb.`];
    const colours = toColours(accent[theme], theme);
    const of = (name: string) => colours[name] ?? '';
    const { page, card } = PAGE_COLOURS[theme];
    const pairs: [text: string, ground: string, what: string, min: number][] = [
      [of(''), page, 'on the page', CONTRAST_MIN],
      [of(''), card, 'on a card', CONTRAST_MIN],
      [of(''), of('-soft'), 'on its own soft ground', CONTRAST_MIN],
      [of('-large'), page, 'as large digits', CONTRAST_LARGE_MIN],
      [of('-on'), of('-from'), 'under the text of the balance', CONTRAST_MIN],
      [of('-on'), of('-to'), 'under the text of the balance', CONTRAST_MIN],
    ];
    return pairs
      .filter(([text, ground, , min]) => contrast(text, ground) < min)
      .map(
        ([text, ground, what, min]) =>
          `${where}: its contrast ${what} is ${contrast(text, ground).toFixed(1)}:1, and must be ${min}:1. ` +
          `Choose a ${theme === 'light' ? 'darker' : 'lighter'} colour.`,
      );
  });
}

/** Ends a build whose accent people could not read. */
export function assertReadable(accent: Branding['accent']): void {
  const problems = findAccentProblems(accent);
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

/** The ratio of WCAG: 1 to 21. */
export function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].toSorted((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(hex: string): number {
  const [r, g, b] = toLinear(hex);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

type Triple = [number, number, number];

function toLinear(hex: string): Triple {
  const read = (at: number) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.040_45 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [read(1), read(3), read(5)];
}

/** @see https://bottosson.github.io/posts/oklab/ */
function toOklch(hex: string): Oklch {
  const [r, g, b] = toLinear(hex);
  const long = Math.cbrt(0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b);
  const medium = Math.cbrt(0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b);
  const short = Math.cbrt(0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b);
  const a = 1.977_998_495_1 * long - 2.428_592_205 * medium + 0.450_593_709_9 * short;
  const bb = 0.025_904_037_1 * long + 0.782_771_766_2 * medium - 0.808_675_766 * short;
  return {
    l: 0.210_454_255_3 * long + 0.793_617_785 * medium - 0.004_072_046_8 * short,
    c: Math.hypot(a, bb),
    h: (Math.atan2(bb, a) * 180) / Math.PI,
  };
}

/** What a screen cannot show is shown with less chroma: clipped channels would be another hue. */
function toHex({ l, c, h }: Oklch): string {
  let linear = toLinearRgb({ l, c, h });
  for (let chroma = c; chroma > 0.001 && linear.some((value) => value < -0.001 || value > 1.001); chroma *= 0.97)
    linear = toLinearRgb({ l, c: chroma, h });
  const write = (value: number) => {
    const encoded = value <= 0.003_130_8 ? value * 12.92 : 1.055 * value ** (1 / 2.4) - 0.055;
    return Math.round(Math.min(1, Math.max(0, encoded)) * 255)
      .toString(16)
      .padStart(2, '0');
  };
  return `#${linear.map(write).join('')}`;
}

function toLinearRgb({ l, c, h }: Oklch): Triple {
  const [a, b] = [c * Math.cos((h * Math.PI) / 180), c * Math.sin((h * Math.PI) / 180)];
  const long = (l + 0.396_337_777_4 * a + 0.215_803_757_3 * b) ** 3;
  const medium = (l - 0.105_561_345_8 * a - 0.063_854_172_8 * b) ** 3;
  const short = (l - 0.089_484_177_5 * a - 1.291_485_548 * b) ** 3;
  return [
    4.076_741_662_1 * long - 3.307_711_591_3 * medium + 0.230_969_929_2 * short,
    -1.268_438_004_6 * long + 2.609_757_401_1 * medium - 0.341_319_396_5 * short,
    -0.004_196_086_3 * long - 0.703_418_614_7 * medium + 1.707_614_701 * short,
  ];
}
