import type { MarkedToken, Tokens } from 'marked';
import type { Docs, DocsGroup, DocsPage, DocumentFile, Heading, NavigationLink, Section } from './document.ts';
import { resolveLink, toDocsHref, toDocsName } from './link.ts';
import { createSlugger, parseMarkdown, toKnown, toPlainText } from './markdown.ts';

/**
 * The documentation as pages, navigation and search index, made of its files alone. The navigation is what stands in the
 * lists of `docs/README.md`: a page is added by adding its line there.
 */

/** Answered by the credits handler itself, from the schemas that check its requests. */
const HTTP_API: NavigationLink = { href: '/api/credits/docs', label: 'HTTP API (OpenAPI)' };
/** The group that it belongs to. */
const REFERENCE = 'Reference';

const SUMMARY_CHARACTERS_MAX = 180;

interface ReadPage extends DocsPage {
  sections: readonly Section[];
}

function readPage(file: DocumentFile, label: string | undefined): ReadPage {
  const tokens = parseMarkdown(file.text);
  const title = tokens.find((token) => token.type === 'heading' && token.depth === 1) as Tokens.Heading | undefined;
  if (title === undefined) throw new Error(`${file.path} has no title: its first line has to be "# …".`);
  const name = toDocsName(file.path);
  const href = toDocsHref(name);
  const text = toPlainText(title.tokens).trim();
  const body = tokens.filter((token) => token !== title);
  const { headings, sections } = readSections(body, { href, page: label ?? text, slug: createSlugger(), title: text });
  const first = body.find(({ type }) => type === 'paragraph');
  return {
    name,
    href,
    path: file.path,
    title: text,
    label: label ?? text,
    summary: first === undefined ? text : shorten(toPlainText([first]).trim()),
    tokens: body,
    headings,
    sections,
  };
}

function readSections(
  tokens: readonly MarkedToken[],
  { href, page, slug, title }: { href: string; page: string; slug: (text: string) => string; title: string },
): { headings: Heading[]; sections: Section[] } {
  // The title has an anchor as well, which no other heading may take.
  slug(title);
  const headings: Heading[] = [];
  const sections: Section[] = [];
  let parts: MarkedToken[] = [];
  let heading: Heading | null = null;
  const close = () => {
    const text = toPlainText(parts).trim();
    if (text !== '' || heading !== null) {
      sections.push({
        href: heading === null ? href : `${href}#${heading.id}`,
        page,
        heading: heading?.text ?? null,
        text,
      });
    }
    parts = [];
  };
  for (const token of tokens) {
    if (token.type !== 'heading') {
      parts.push(token);
      continue;
    }
    close();
    const text = toPlainText(token.tokens).trim();
    heading = { id: slug(text), depth: token.depth, text };
    headings.push(heading);
  }
  close();
  return { headings, sections };
}

function shorten(text: string): string {
  if (text.length <= SUMMARY_CHARACTERS_MAX) return text;
  return `${text.slice(0, text.lastIndexOf(' ', SUMMARY_CHARACTERS_MAX))} …`;
}

function readGroups(front: DocumentFile, shown: ReadonlySet<string>): DocsGroup[] {
  const groups: { label: string; links: NavigationLink[] }[] = [];
  for (const token of parseMarkdown(front.text)) {
    if (token.type === 'heading' && token.depth === 2)
      groups.push({ label: toPlainText(token.tokens).trim(), links: [] });
    if (token.type !== 'list') continue;
    for (const item of token.items) {
      const link = findLink(toKnown(item.tokens));
      const href = link === undefined ? null : resolveLink(link.href, front.path, shown);
      if (link !== undefined && href?.startsWith('/docs')) {
        groups.at(-1)?.links.push({ href, label: toPlainText(link.tokens).trim() });
      }
    }
  }
  return groups.map((group) => (group.label === REFERENCE ? { ...group, links: [...group.links, HTTP_API] } : group));
}

/** The first link of a list's item: what the line is about. */
function findLink(tokens: readonly MarkedToken[]): Tokens.Link | undefined {
  for (const token of tokens) {
    if (token.type === 'link') return token;
    const inner = 'tokens' in token ? findLink(toKnown(token.tokens)) : undefined;
    if (inner !== undefined) return inner;
  }
  return undefined;
}

/**
 * Makes the documentation of its files.
 *
 * @param files - The front page first.
 * @throws {Error} a file without a title, two files of one name, or a page that no list of the front page leads to.
 */
export function createDocs(files: readonly DocumentFile[]): Docs {
  const [front] = files;
  if (front === undefined) throw new Error('The documentation has no front page.');
  const groups = readGroups(front, new Set(files.map(({ path }) => path)));
  const links = groups.flatMap((group) => group.links);
  const order = new Map(links.map(({ href }, index) => [href, index]));
  const pages = files
    .map((file) => readPage(file, links.find(({ href }) => href === toDocsHref(toDocsName(file.path)))?.label))
    .toSorted((a, b) => (order.get(a.href) ?? -1) - (order.get(b.href) ?? -1));
  const names = new Set(pages.map(({ name }) => name));
  if (names.size < pages.length) throw new Error('Two files of the documentation have the same name.');
  const lost = pages.find(({ name, href }) => name !== '' && !order.has(href));
  if (lost !== undefined) throw new Error(`No list of ${front.path} leads to ${lost.path}.`);
  return {
    pages,
    groups,
    // The front page only names the others.
    sections: pages.filter(({ name }) => name !== '').flatMap(({ sections }) => sections),
  };
}
