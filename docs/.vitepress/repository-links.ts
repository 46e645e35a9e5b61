import { existsSync } from 'node:fs';
import { posix, relative } from 'node:path';
import type { MarkdownRenderer } from 'vitepress';
import { findSiteName } from './pages.ts';

type Token = ReturnType<MarkdownRenderer['parse']>[number];

/**
 * Links between Markdown files are written for the repository: `../ARCHITECTURE.md`. On the site they lead to the page of
 * that file. A link to a file without a page, such as a source file, becomes plain text. A link to a file that does not
 * exist stays as it is, and fails the build as a dead link.
 */
export function resolveRepositoryLinks(md: MarkdownRenderer, { repository }: { repository: string }): void {
  md.core.ruler.push('repository_links', (state) => {
    const { realPath, path = realPath } = state.env as { realPath?: string; path?: string };
    // Titles are parsed once more, alone, without a path.
    if (path === undefined) return;
    const folder = posix.dirname(relative(repository, realPath ?? path).replaceAll('\\', '/'));
    for (const { children } of state.tokens) resolveInline(children ?? [], folder, repository);
  });
}

function resolveInline(tokens: readonly Token[], folder: string, repository: string): void {
  const opened: Token[] = [];
  for (const token of tokens) {
    if (token.type === 'link_open') {
      opened.push(token);
      resolveLink(token, folder, repository);
    }
    // Links do not nest, but a closing tag has to match what its opening tag became.
    if (token.type === 'link_close') token.tag = opened.pop()?.tag ?? 'a';
  }
}

function resolveLink(token: Token, folder: string, repository: string): void {
  const href = token.attrGet('href') ?? '';
  if (/^[a-z]+:|^[#/]/i.test(href)) return;
  const [file = '', anchor] = href.split('#', 2);
  const path = posix.join(folder, file);
  const name = findSiteName(path);
  if (name !== undefined) {
    token.attrSet('href', `./${name === 'index' ? '' : name}${anchor === undefined ? '' : `#${anchor}`}`);
  } else if (existsSync(posix.join(repository, path))) {
    token.tag = 'span';
    token.attrs = null;
  }
}
