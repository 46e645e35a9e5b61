import type { Token } from 'marked';

/** A Markdown file of the repository. */
export interface DocumentFile {
  /** From the repository's root, such as `docs/concepts.md`. */
  path: string;
  text: string;
}

/** A piece of one line of code, with the class of its role. */
export interface CodePiece {
  text: string;
  className: string | null;
}

/** The lines of a block of code, by {@link toCodeKey}. */
export type CodeColours = ReadonlyMap<string, readonly (readonly CodePiece[])[]>;

/** What a block of code is known by: the same text in another language has other colours. */
export function toCodeKey(code: string, language: string): string {
  return `${language}\n${code}`;
}

export interface Heading {
  /** The anchor, as GitHub makes it. */
  id: string;
  depth: number;
  text: string;
}

/** What stands under one heading: the unit that the search finds. */
export interface Section {
  href: string;
  /** Of the page. */
  page: string;
  /** Null for what stands before the first heading below the title. */
  heading: string | null;
  text: string;
}

/** One page below `/docs`. */
export interface DocsPage {
  /** The last part of its address; empty for the front page. */
  name: string;
  href: string;
  path: string;
  /** Its only heading of the first level. */
  title: string;
  /** What the navigation calls it. */
  label: string;
  /** Its first paragraph, in one line, for search engines. */
  summary: string;
  /** Without the title, which the page's header shows. */
  tokens: readonly Token[];
  /** Of the second and third level. */
  headings: readonly Heading[];
}

export interface NavigationLink {
  href: string;
  label: string;
}

export interface DocsGroup {
  label: string;
  links: readonly NavigationLink[];
}

/** The whole documentation. */
export interface Docs {
  /** In the order of the navigation, the front page first. */
  pages: readonly DocsPage[];
  groups: readonly DocsGroup[];
  sections: readonly Section[];
}
