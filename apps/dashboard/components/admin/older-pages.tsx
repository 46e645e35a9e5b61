import { CircleAlert } from 'lucide-react';
import { useState } from 'react';

import { joinPages, type Page } from '@/components/credits/activity/join-pages';
import type { SendResult } from '@/components/credits/send';
import { SubmitButton } from '@/components/credits/ui/submit-button';
import { Alert } from '@/components/ui/alert';

/** A list that a server rendered the newest page of, with what was read behind it. */
export interface OlderPages<Item> extends Page<Item> {
  pending: boolean;
  /** Why the last read failed, in a sentence. */
  error: string | null;
  readOlder(): Promise<void>;
}

/**
 * @param read - Asks for what is older than this id.
 * @param toPage - Reads its answer.
 */
export function useOlderPages<Item extends { id: number }, Answer>(
  first: Page<Item>,
  read: (before: number) => Promise<SendResult<Answer>>,
  toPage: (answer: Answer) => Page<Item>,
): OlderPages<Item> {
  const [older, setOlder] = useState<Page<Item> | null>(null);
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const { items, next } = joinPages(first, older, ({ id }) => id);

  async function readOlder() {
    if (next === null) return;
    setPending(true);
    const result = await read(next);
    setPending(false);
    setError(result.ok ? null : result.failure.message);
    if (!result.ok) return;
    const page = toPage(result.answer);
    setOlder({ items: [...items, ...page.items], next: page.next });
  }

  return { items, next, pending, error, readOlder };
}

/** Below such a list. */
export function ShowOlder({ pages: { next, pending, error, readOlder } }: { pages: OlderPages<unknown> }) {
  return (
    <>
      {error === null ? null : (
        <Alert role="alert" variant="destructive">
          <CircleAlert aria-hidden />
          <p>{error}</p>
        </Alert>
      )}
      {next === null ? null : (
        <SubmitButton
          type="button"
          variant="outline"
          className="justify-self-center"
          pending={pending}
          onClick={() => void readOlder()}
        >
          Show older
        </SubmitButton>
      )}
    </>
  );
}
