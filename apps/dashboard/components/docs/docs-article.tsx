import { ArrowLeft, ArrowRight } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';

import { Markdown } from '@/components/docs/markdown';
import type { CodeColours, Docs, DocsPage, Heading } from '@/lib/docs/document';
import { readCode } from '@/lib/docs/read-docs';
import { cn } from '@/lib/utils';

const focus = 'rounded-xs outline-none focus-visible:ring-[3px] focus-visible:ring-ring/50';

/** One page: what it says, what is on it, and what comes before and after. */
export async function DocsArticle({ docs, page }: { docs: Docs; page: DocsPage }) {
  const hasCode = page.tokens.some(({ type }) => type === 'code');
  const colours: CodeColours = hasCode ? await readCode() : new Map();
  const at = docs.pages.indexOf(page);
  const shown = new Set(docs.pages.map(({ path }) => path));
  // One heading is no list.
  const headings = page.headings.filter(({ depth }) => depth <= 3);
  const contents = headings.length < 2 ? null : <Contents headings={headings} />;
  return (
    <div className="mx-auto flex w-full max-w-6xl justify-center gap-12 px-4 py-8 sm:px-8 sm:py-12">
      <main
        id="content"
        tabIndex={-1}
        // Without a list beside it there is room for wide tables.
        className={cn('w-full min-w-0 outline-none', contents === null ? 'max-w-5xl' : 'max-w-3xl')}
      >
        <h1 className="text-3xl leading-tight font-semibold tracking-tight text-balance">{page.title}</h1>
        {contents === null ? null : (
          <details className="mt-6 rounded-lg border bg-card text-sm xl:hidden">
            <summary className={cn('cursor-pointer px-4 py-2.5 font-medium', focus)}>On this page</summary>
            <nav aria-label="On this page" className="px-4 pb-3">
              {contents}
            </nav>
          </details>
        )}
        <Markdown tokens={page.tokens} path={page.path} shown={shown} colours={colours} title={page.title} />
        <nav aria-label="Next pages" className="mt-16 grid gap-3 border-t pt-6 sm:grid-cols-2">
          <Neighbour page={docs.pages[at - 1]} label="Before">
            <ArrowLeft className="size-4 shrink-0" aria-hidden />
          </Neighbour>
          <Neighbour page={docs.pages[at + 1]} label="Next" end>
            <ArrowRight className="size-4 shrink-0" aria-hidden />
          </Neighbour>
        </nav>
      </main>
      {contents === null ? null : (
        <aside className="hidden w-52 shrink-0 xl:block">
          <nav aria-label="On this page" className="sticky top-28 max-h-[calc(100dvh-9rem)] overflow-y-auto text-sm">
            <p className="pb-2 text-xs font-medium text-muted-foreground">On this page</p>
            {contents}
          </nav>
        </aside>
      )}
    </div>
  );
}

function Contents({ headings }: { headings: readonly Heading[] }) {
  return (
    <ul className="grid gap-1">
      {headings.map(({ id, depth, text }) => (
        <li key={id} className={depth === 3 ? 'pl-3' : ''}>
          <a href={`#${id}`} className={cn('block py-1 leading-5 text-muted-foreground hover:text-foreground', focus)}>
            {text}
          </a>
        </li>
      ))}
    </ul>
  );
}

interface NeighbourProps {
  page: DocsPage | undefined;
  label: string;
  end?: boolean;
  children: ReactNode;
}

function Neighbour({ page, label, end = false, children }: NeighbourProps) {
  if (page === undefined) return <span aria-hidden />;
  return (
    <Link
      href={page.href}
      className={cn(
        'flex items-center gap-3 rounded-lg border px-4 py-3 outline-none hover:bg-accent/60 focus-visible:ring-[3px] focus-visible:ring-ring/50',
        end ? 'flex-row-reverse text-right' : '',
      )}
    >
      {children}
      <span className="min-w-0">
        <span className="block text-xs text-muted-foreground">{label}</span>
        <span className="block truncate text-sm font-medium">{page.label}</span>
      </span>
    </Link>
  );
}
