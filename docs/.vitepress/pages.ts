import sections from '../pages.json' with { type: 'json' };

/** A page of the site. */
export interface SitePage {
  /** What the navigation calls it. */
  text: string;
  /** Its Markdown file, from the repository's root. */
  file: string;
  /** The last part of its address; `index` for the front page. */
  name: string;
}

/** The navigation, in its order. */
export const SECTIONS: readonly { text: string; pages: readonly SitePage[] }[] = sections;

export const PAGES: readonly SitePage[] = SECTIONS.flatMap(({ pages }) => pages);

/** The address of a file's page; undefined for a file that has no page. */
export function findSiteName(file: string): string | undefined {
  return PAGES.find((page) => page.file === file)?.name;
}

/**
 * The address of a file's page.
 *
 * @throws {Error} The file is not in `docs/pages.json`: no navigation would lead to its page.
 */
export function toSiteName(file: string): string {
  const name = findSiteName(file);
  if (name === undefined) throw new Error(`docs/pages.json does not name ${file}.`);
  return name;
}
