import { posix } from 'node:path';

/** The address of the page that shows a file, given its path; the front page is `docs/README.md`. */
export function toDocsName(path: string): string {
  const stem = posix.basename(path, '.md');
  if (path === 'docs/README.md') return '';
  // A README says what its folder is; an app's folders are called like packages, so theirs names the app too.
  const folders = posix.dirname(path).split('/');
  return (stem === 'README' ? folders.slice(path.startsWith('apps/') ? -2 : -1).join('-') : stem).toLowerCase();
}

export function toDocsHref(name: string): string {
  return name === '' ? '/docs' : `/docs/${name}`;
}

/**
 * Where a link of a Markdown file leads on the site: another page for another file, the address itself for one outside
 * of the repository.
 *
 * @param shown - The paths that have a page.
 * @returns Null for a file that has no page here, such as a source file: its name is then plain text.
 */
export function resolveLink(href: string, from: string, shown: ReadonlySet<string>): string | null {
  if (/^https?:\/\//.test(href) || href.startsWith('#')) return href;
  const [file = '', anchor] = href.split('#', 2);
  const path = posix.join(posix.dirname(from), file);
  // Whatever else it may be, such as `javascript:`, is no file that has a page.
  if (!shown.has(path)) return null;
  return toDocsHref(toDocsName(path)) + (anchor === undefined ? '' : `#${anchor}`);
}
