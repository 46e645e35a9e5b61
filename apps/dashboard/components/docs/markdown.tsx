import type { MarkedToken, Token, Tokens } from 'marked';
import Link from 'next/link';
import { Fragment, type ReactNode } from 'react';

import { CodeBlock } from '@/components/docs/code-block';
import { toCodeKey, type CodeColours } from '@/lib/docs/document';
import { resolveLink } from '@/lib/docs/link';
import { createSlugger, toKnown, toPlainText } from '@/lib/docs/markdown';
import { cn } from '@/lib/utils';

interface MarkdownProps {
  tokens: readonly Token[];
  /** The file that they come from: links are relative to it. */
  path: string;
  /** The files that have a page. */
  shown: ReadonlySet<string>;
  colours: CodeColours;
  /** The page's heading, whose anchor no other heading may take. */
  title: string;
}

interface Rendering {
  path: string;
  shown: ReadonlySet<string>;
  colours: CodeColours;
  slug: (text: string) => string;
  /** The heading that was last met: what a table or a block of code is called. */
  heading: string;
}

const link =
  'rounded-xs font-medium underline decoration-border underline-offset-4 outline-none hover:decoration-foreground focus-visible:ring-[3px] focus-visible:ring-ring/50';

/**
 * Markdown as elements, on the server. HTML in it is shown as the text that it is, and links lead to pages of the
 * documentation or out of it; no text of a file becomes markup.
 */
export function Markdown({ tokens, path, shown, colours, title }: MarkdownProps) {
  const slug = createSlugger();
  slug(title);
  const rendering: Rendering = { path, shown, colours, slug, heading: title };
  return <div className="text-[0.9375rem] leading-7">{renderAll(tokens, rendering)}</div>;
}

function renderAll(tokens: readonly Token[] | undefined, rendering: Rendering): ReactNode[] {
  // The tokens never change their places, so a place is as good a key as any.
  return toKnown(tokens).map((token, index) => <Fragment key={index}>{render(token, rendering)}</Fragment>);
}

function render(token: MarkedToken, rendering: Rendering): ReactNode {
  switch (token.type) {
    case 'space':
    case 'def':
    case 'checkbox':
      return null;
    case 'heading':
      return renderHeading(token, rendering);
    case 'paragraph':
      return <p className="my-4">{renderAll(token.tokens, rendering)}</p>;
    case 'blockquote':
      return <blockquote className="my-5 border-l-2 pl-4">{renderAll(token.tokens, rendering)}</blockquote>;
    case 'list':
      return renderList(token, rendering);
    case 'list_item':
      return renderAll(token.tokens, rendering);
    case 'table':
      return renderTable(token, rendering);
    case 'code':
      return renderCode(token, rendering);
    case 'hr':
      return <hr className="my-8" />;
    case 'br':
      return <br />;
    case 'strong':
      return <strong className="font-semibold">{renderAll(token.tokens, rendering)}</strong>;
    case 'em':
      return <em>{renderAll(token.tokens, rendering)}</em>;
    case 'del':
      return <del>{renderAll(token.tokens, rendering)}</del>;
    case 'codespan':
      return (
        <code className="rounded-sm bg-muted px-1.5 py-0.5 box-decoration-clone font-mono text-[0.85em] break-words">
          {breakable(token.text)}
        </code>
      );
    case 'link':
      return renderLink(token, rendering);
    case 'image':
    case 'html':
    case 'escape':
      return token.text;
    case 'text':
      return token.tokens === undefined ? token.text : renderAll(token.tokens, rendering);
  }
}

/** A long name may break after what joins its words: on a phone it would take the room of the columns beside it. */
function breakable(text: string): ReactNode[] {
  return text.split(/(?<=[_/])(?=\w)/).flatMap((part, index) => (index === 0 ? [part] : [<wbr key={index} />, part]));
}

function renderHeading(token: Tokens.Heading, rendering: Rendering): ReactNode {
  const text = toPlainText(token.tokens).trim();
  rendering.heading = text;
  const Tag = token.depth <= 2 ? 'h2' : token.depth === 3 ? 'h3' : 'h4';
  const id = rendering.slug(text);
  return (
    <Tag
      id={id}
      className={cn(
        'group font-semibold tracking-tight text-balance',
        Tag === 'h2' ? 'mt-12 mb-4 text-xl' : 'mt-8 mb-3 text-base',
      )}
    >
      {renderAll(token.tokens, rendering)}
      <a
        href={`#${id}`}
        aria-label={`Link to “${text}”`}
        className="ml-2 rounded-xs px-1 font-normal text-muted-foreground opacity-0 outline-none group-hover:opacity-100 focus-visible:opacity-100 focus-visible:ring-[3px] focus-visible:ring-ring/50"
      >
        #
      </a>
    </Tag>
  );
}

function renderCode({ text, lang = 'text' }: Tokens.Code, { colours, heading }: Rendering): ReactNode {
  return <CodeBlock code={text} language={lang} lines={colours.get(toCodeKey(text, lang)) ?? null} heading={heading} />;
}

function renderList(token: Tokens.List, rendering: Rendering): ReactNode {
  const items = token.items.map((item, index) => (
    <li key={index} className={cn('pl-1', token.loose ? '[&>p]:my-2' : '')}>
      {renderAll(item.tokens, rendering)}
    </li>
  ));
  const className = 'my-4 grid grid-cols-1 gap-2 pl-6 marker:text-muted-foreground';
  return token.ordered ? (
    <ol start={token.start === '' ? 1 : token.start} className={cn('list-decimal', className)}>
      {items}
    </ol>
  ) : (
    <ul className={cn('list-disc', className)}>{items}</ul>
  );
}

/** Wide tables scroll inside their own box, which the keyboard's arrows move too. */
function renderTable(token: Tokens.Table, rendering: Rendering): ReactNode {
  const hasHeader = token.header.some(({ text }) => text !== '');
  return (
    <div
      role="region"
      aria-label={`Table: ${rendering.heading}`}
      tabIndex={0}
      className="my-6 overflow-x-auto rounded-lg border bg-card outline-none focus-visible:ring-[3px] focus-visible:ring-ring/40"
    >
      <table className="w-full text-sm leading-6">
        <thead className={hasHeader ? 'border-b' : 'sr-only'}>
          <tr>
            {token.header.map((cell, index) => (
              <th
                key={index}
                scope="col"
                className="px-4 py-2.5 text-left text-[0.8125rem] font-medium text-muted-foreground"
              >
                {renderAll(cell.tokens, rendering)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y">
          {token.rows.map((row, index) => (
            <tr key={index}>
              {row.map((cell, column) => (
                <td key={column} className={cn('px-4 py-2.5 align-top', cellWidth(cell.text, token.header.length))}>
                  {renderAll(cell.tokens, rendering)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A date, a number or a word stays in one piece. */
const UNBROKEN_CHARACTERS_MAX = 12;

/** A sentence needs room before its lines break; on a phone the box scrolls instead. */
function cellWidth(text: string, columns: number): string {
  // Two columns have room enough beside each other.
  if (columns <= 2) return '';
  if (text.length > 60) return 'min-w-64 sm:min-w-48';
  if (text.length > 24) return 'min-w-40 sm:min-w-32';
  return text.length <= UNBROKEN_CHARACTERS_MAX && !text.includes('`') ? 'whitespace-nowrap' : '';
}

function renderLink(token: Tokens.Link, rendering: Rendering): ReactNode {
  const href = resolveLink(token.href, rendering.path, rendering.shown);
  const children = renderAll(token.tokens, rendering);
  if (href === null) return children;
  if (href.startsWith('/')) {
    return (
      <Link href={href} className={link}>
        {children}
      </Link>
    );
  }
  return (
    <a href={href} className={link} {...(href.startsWith('#') ? {} : { rel: 'noreferrer' })}>
      {children}
    </a>
  );
}
