'use client';
import { Search } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent } from 'react';

import { SearchResults, toOptionId } from '@/components/docs/search-results';
import { useSections } from '@/components/docs/use-sections';
import { Dialog, DialogContent, DialogDescription, DialogTitle, DialogTrigger } from '@/components/ui/dialog';
import { searchSections } from '@/lib/docs/search';

/** A key pressed in one of these is text, not a wish to search. */
const TYPING = 'input, textarea, select, [contenteditable="true"]';

function asksForSearch(event: globalThis.KeyboardEvent): boolean {
  if (event.key.toLowerCase() === 'k') return (event.ctrlKey || event.metaKey) && !event.altKey;
  const isTyping = event.target instanceof Element && event.target.closest(TYPING) !== null;
  return event.key === '/' && !event.ctrlKey && !event.metaKey && !isTyping;
}

/**
 * The search over all pages: `/` or Ctrl-K opens it, the arrows choose, Enter goes there. What it goes through is loaded
 * with the page, so that it answers without a network later.
 */
export function DocsSearch() {
  const [open, setOpen] = useState(false);
  const { sections, failed, reload } = useSections();

  useEffect(() => {
    const handleKey = (event: globalThis.KeyboardEvent) => {
      if (!asksForSearch(event)) return;
      event.preventDefault();
      setOpen(true);
    };
    window.addEventListener('keydown', handleKey);
    return () => window.removeEventListener('keydown', handleKey);
  }, []);

  function handleOpenChange(next: boolean) {
    if (next && failed) reload();
    setOpen(next);
  }

  return (
    <Dialog open={open} onOpenChange={handleOpenChange}>
      <DialogTrigger className="flex h-10 items-center gap-2.5 rounded-md border border-input px-3 text-sm text-muted-foreground outline-none hover:text-foreground focus-visible:ring-[3px] focus-visible:ring-ring/50 sm:w-64">
        <Search className="size-4" aria-hidden />
        Search
        <kbd className="ml-auto hidden rounded-sm border px-1.5 font-mono text-xs sm:block" aria-hidden>
          /
        </kbd>
      </DialogTrigger>
      <DialogContent className="top-[max(1rem,12dvh)] block max-w-xl translate-y-0 p-0">
        <DialogTitle className="sr-only">Search the documentation</DialogTitle>
        <DialogDescription className="sr-only">
          Type words; the arrow keys choose a result, and Enter opens it.
        </DialogDescription>
        <SearchBox sections={sections} failed={failed} onDone={() => setOpen(false)} />
      </DialogContent>
    </Dialog>
  );
}

interface SearchBoxProps {
  sections: ReturnType<typeof useSections>['sections'];
  failed: boolean;
  onDone: () => void;
}

function SearchBox({ sections, failed, onDone }: SearchBoxProps) {
  const router = useRouter();
  const listId = useId();
  const list = useRef<HTMLDivElement>(null);
  const [question, setQuestion] = useState('');
  const [chosen, setChosen] = useState(0);
  const results = useMemo(() => (sections === null ? [] : searchSections(sections, question)), [sections, question]);
  const asked = question.trim() !== '';

  useEffect(() => {
    list.current?.children[chosen]?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);

  function go(index: number) {
    const result = results[index];
    if (result === undefined) return;
    onDone();
    router.push(result.section.href);
  }

  function handleKey(event: KeyboardEvent) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && results.length > 0) {
      event.preventDefault();
      setChosen((at) => (at + step + results.length) % results.length);
    } else if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
      event.preventDefault();
      go(chosen);
    }
  }

  return (
    <>
      <div className="flex items-center gap-3 border-b pr-12 pl-4">
        <Search className="size-4 shrink-0 text-muted-foreground" aria-hidden />
        <input
          // The name and the role of a combobox, whose list is below.
          role="combobox"
          aria-label="Search the documentation"
          aria-expanded={results.length > 0}
          aria-controls={listId}
          aria-activedescendant={results.length > 0 ? toOptionId(listId, chosen) : undefined}
          autoComplete="off"
          spellCheck={false}
          placeholder="Search the documentation"
          className="h-14 min-w-0 flex-1 bg-transparent text-base outline-none placeholder:text-muted-foreground"
          value={question}
          onChange={(event) => {
            setQuestion(event.target.value);
            setChosen(0);
          }}
          onKeyDown={handleKey}
        />
      </div>
      <SearchResults ref={list} id={listId} results={results} chosen={chosen} onChoose={setChosen} onOpen={go} />
      <p role="status" className={results.length > 0 ? 'sr-only' : 'px-4 py-6 text-sm text-muted-foreground'}>
        {toStatus({ asked, failed, isLoading: sections === null, count: results.length, question })}
      </p>
    </>
  );
}

interface SearchStatus {
  asked: boolean;
  failed: boolean;
  isLoading: boolean;
  count: number;
  question: string;
}

function toStatus({ asked, failed, isLoading, count, question }: SearchStatus): string {
  if (failed) return 'The search could not be loaded. Close it and open it again once you are online.';
  if (!asked) return 'Try “hold”, “refund”, “nginx” or the code of an error.';
  if (isLoading) return 'Loading …';
  if (count === 0) return `Nothing is said about “${question.trim()}”. Fewer words, or shorter ones, find more.`;
  return count === 1 ? '1 result' : `${count} results`;
}
