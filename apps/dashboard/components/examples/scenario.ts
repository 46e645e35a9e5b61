/** One thing to try. */
export interface Scenario {
  id: string;
  title: string;
  /** What to look at. */
  text: string;
  /** What a developer writes for it. */
  code: string;
  /** Does it, and resolves to what came of it in a sentence. A rejection's message is shown as what came of it. */
  run: () => Promise<string>;
}

/** Amounts of the examples, in whole credits. */
export const BONUS = 25;
export const PURCHASE = 100;
export const REFERRAL = 50;
export const EXACT = 1_000;
