import { Lexer, type MarkedToken, type Token } from 'marked';

/**
 * Markdown as tokens. Nothing here makes HTML: `components/docs/markdown.tsx` turns tokens into elements, so that text
 * stays text whatever stands in it.
 */

/** Reads Markdown in GitHub's dialect. */
export function parseMarkdown(text: string): MarkedToken[] {
  return toKnown(new Lexer({ gfm: true }).lex(text));
}

/** The lexer's type leaves room for extensions; there are none here. */
export function toKnown(tokens: readonly Token[] | undefined): MarkedToken[] {
  return (tokens ?? []) as MarkedToken[];
}

/** What a reader sees of some tokens, without any formatting. Blocks are separated by spaces. */
export function toPlainText(tokens: readonly Token[] | undefined): string {
  return toKnown(tokens)
    .map((token) => {
      switch (token.type) {
        case 'list':
          return `${token.items.map(({ tokens: item }) => toPlainText(item)).join(' ')} `;
        case 'table':
          return `${[token.header, ...token.rows]
            .flat()
            .map(({ tokens: cell }) => toPlainText(cell))
            .join(' ')} `;
        case 'paragraph':
        case 'blockquote':
        case 'heading':
          return `${toPlainText(token.tokens)} `;
        case 'code':
          // A drawing says nothing to those who search.
          return `${token.text.replaceAll(/[\u2500-\u25ff]+/g, ' ')} `;
        case 'br':
          return ' ';
        default:
          return 'tokens' in token && token.tokens !== undefined
            ? toPlainText(token.tokens)
            : 'text' in token
              ? token.text
              : '';
      }
    })
    .join('')
    .replaceAll(/\s+/g, ' ');
}

/**
 * Makes the anchors of one page's headings: letters, digits, `-` and `_` in lower case, spaces as hyphens, and a number
 * behind one that is there already. The same as on GitHub, so that a link works in both places.
 */
export function createSlugger(): (text: string) => string {
  const taken = new Map<string, number>();
  return (text) => {
    const slug = text
      .trim()
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{M}_\- ]/gu, '')
      .replaceAll(' ', '-');
    const count = taken.get(slug);
    taken.set(slug, (count ?? 0) + 1);
    return count === undefined ? slug : `${slug}-${count}`;
  };
}
