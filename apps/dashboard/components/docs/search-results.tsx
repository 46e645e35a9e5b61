'use client';
import type { Ref } from 'react';

import type { SearchResult } from '@/lib/docs/search';
import { cn } from '@/lib/utils';

/** What `aria-activedescendant` of the input names. */
export function toOptionId(listId: string, index: number): string {
  return `${listId}-${index}`;
}

interface SearchResultsProps {
  ref: Ref<HTMLDivElement>;
  id: string;
  results: readonly SearchResult[];
  chosen: number;
  onChoose: (index: number) => void;
  onOpen: (index: number) => void;
}

/** The list below the search's input, where the focus stays. */
export function SearchResults({ ref, id, results, chosen, onChoose, onOpen }: SearchResultsProps) {
  return (
    <div
      ref={ref}
      id={id}
      role="listbox"
      aria-label="Results"
      className={cn('max-h-[min(26rem,60dvh)] overflow-y-auto p-2', results.length === 0 ? 'hidden' : '')}
    >
      {results.map(({ section, excerpt }, index) => (
        // The keys are the input's: it has the focus, and this list is what they move in.
        // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
        <div
          key={`${section.href} ${section.heading ?? ''}`}
          id={toOptionId(id, index)}
          role="option"
          tabIndex={-1}
          aria-selected={index === chosen}
          className={cn('cursor-pointer rounded-md px-3 py-2.5', index === chosen ? 'bg-accent' : '')}
          onPointerMove={() => onChoose(index)}
          onClick={() => onOpen(index)}
        >
          <p className="text-sm font-medium">
            {section.heading ?? section.page}
            {section.heading === null ? null : (
              <span className="font-normal text-muted-foreground"> · {section.page}</span>
            )}
          </p>
          <p className="mt-0.5 line-clamp-2 text-[0.8125rem] leading-5 break-words text-muted-foreground">
            {excerpt.map(({ text, found }, part) =>
              found ? (
                <mark key={part} className="bg-transparent font-semibold text-foreground">
                  {text}
                </mark>
              ) : (
                text
              ),
            )}
          </p>
        </div>
      ))}
    </div>
  );
}
