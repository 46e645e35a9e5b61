import type { Section } from './document.ts';

/**
 * The search of the documentation: every word of the question has to be found in a section, and where it is found
 * decides the order. A few hundred sections are gone through at each key, which takes milliseconds.
 */

export const RESULTS_MAX = 12;
const QUESTION_CHARACTERS_MAX = 100;
const EXCERPT_CHARACTERS = 150;
/** How much of the excerpt stands before the first word that was found. */
const EXCERPT_LEAD = 40;

/** A piece of an excerpt; `found` is what the question asked for. */
export interface ExcerptPart {
  text: string;
  found: boolean;
}

export interface SearchResult {
  section: Section;
  excerpt: ExcerptPart[];
}

/** The words of a question, in lower case. */
export function toWords(question: string): string[] {
  const words =
    question
      .slice(0, QUESTION_CHARACTERS_MAX)
      .toLowerCase()
      .match(/[\p{L}\p{N}_$.-]+/gu) ?? [];
  return [...new Set(words)];
}

/** How well a word fits a text: as a whole word, as the beginning of one, somewhere inside, or not at all. */
function fit(text: string, word: string): number {
  let best = 0;
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    const starts = !/[\p{L}\p{N}]/u.test(text[at - 1] ?? ' ');
    const ends = !/[\p{L}\p{N}]/u.test(text[at + word.length] ?? ' ');
    best = Math.max(best, starts && ends ? 3 : starts ? 2 : word.length > 2 ? 1 : 0);
    if (best === 3) break;
  }
  return best;
}

function score(section: Section, words: readonly string[]): number {
  const heading = (section.heading ?? section.page).toLowerCase();
  const page = section.page.toLowerCase();
  const text = section.text.toLowerCase();
  let total = 0;
  for (const word of words) {
    const found = fit(heading, word) * 12 + fit(page, word) * 4 + fit(text, word);
    if (found === 0) return 0;
    total += found;
  }
  return total;
}

function excerptOf({ text }: Section, words: readonly string[]): ExcerptPart[] {
  const lower = text.toLowerCase();
  const places = words.map((word) => lower.indexOf(word)).filter((place) => place >= 0);
  const first = places.length === 0 ? 0 : Math.min(...places);
  // Begins at a word, so that the first one can be read.
  const from = first <= EXCERPT_LEAD ? 0 : text.indexOf(' ', first - EXCERPT_LEAD) + 1;
  const cut = from + EXCERPT_CHARACTERS;
  const to = cut >= text.length ? text.length : Math.max(text.lastIndexOf(' ', cut), first);
  const shown = `${from > 0 ? '… ' : ''}${text.slice(from, to)}${to < text.length ? ' …' : ''}`;
  if (words.length === 0) return [{ text: shown, found: false }];
  const escaped = words.map((word) => word.replaceAll(/[.$-]/g, String.raw`\$&`));
  return shown
    .split(new RegExp(`(${escaped.join('|')})`, 'iu'))
    .map((part, index) => ({ text: part, found: index % 2 === 1 }))
    .filter(({ text: part }) => part !== '');
}

/** Sections that have every word of the question, the best first, {@link RESULTS_MAX} at most. */
export function searchSections(sections: readonly Section[], question: string): SearchResult[] {
  const words = toWords(question);
  if (words.length === 0) return [];
  return sections
    .map((section, index) => ({ section, index, points: score(section, words) }))
    .filter(({ points }) => points > 0)
    .toSorted((a, b) => b.points - a.points || a.index - b.index)
    .slice(0, RESULTS_MAX)
    .map(({ section }) => ({ section, excerpt: excerptOf(section, words) }));
}
