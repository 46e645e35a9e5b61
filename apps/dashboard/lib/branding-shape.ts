import type { Translation } from '../components/credits/translations.ts';
import type { Language } from './languages.ts';

/** Artworks of the coin, drawn in `components/credits/coin.tsx`. */
export type CoinName = 'diamond' | 'star' | 'bolt' | 'hexagon';

export interface Branding {
  /** Of the product: in titles, messages and authenticator apps. */
  name: string;
  /** One sentence for search engines and installed apps. */
  description: string;
  /** One sentence beside the sign-in form. */
  promise: string;
  /** What people own, as in the middle of a sentence. Amounts are whole. */
  unit: { one: string; many: string };
  coin: CoinName;
  /**
   * The colour of whatever is an amount, as `#rrggbb`: dark enough to read on a light page, and light enough on a dark one.
   * Its lighter and darker relatives follow from it.
   */
  accent: Record<'light' | 'dark', string>;
  mark: {
    /** Of the square that the paths are drawn in. */
    size: number;
    paths: readonly MarkPath[];
  };
  /** The link to the documentation on the pages before the sign-in; null: none. */
  docs: string | null;
}

export interface MarkPath {
  /** As of an SVG path. */
  d: string;
  colour: 'accent' | 'text';
  /** Width of the line, whose ends are round; without it the shape is filled. */
  stroke?: number;
}

/** The words of the branding in other languages. `unit.forms` are those of a number, by the language's plural rules. */
export type BrandingTranslation = Partial<
  Record<
    Exclude<Language, 'en'>,
    Partial<Pick<Branding, 'description' | 'promise'>> & { docs?: string; unit?: NonNullable<Translation['unit']> }
  >
>;
