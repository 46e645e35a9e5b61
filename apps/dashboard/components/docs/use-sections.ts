'use client';
import { useEffect, useState } from 'react';

import type { Section } from '@/lib/docs/document';

const PATIENCE_MS = 10_000;

interface Sections {
  /** What the search goes through: null until it is there. */
  sections: readonly Section[] | null;
  failed: boolean;
  reload: () => void;
}

async function fetchSections(signal: AbortSignal): Promise<readonly Section[]> {
  const response = await fetch('/docs/search.json', { priority: 'low', signal });
  if (!response.ok) throw new Error(`GET /docs/search.json answered ${response.status}.`);
  return (await response.json()) as Section[];
}

/** Loads the documentation's sections once the page stands, behind everything that the page itself needs. */
export function useSections(): Sections {
  const [sections, setSections] = useState<readonly Section[] | null>(null);
  const [failed, setFailed] = useState(false);

  useEffect(() => {
    const gone = new AbortController();
    fetchSections(gone.signal).then(setSections, () => {
      if (!gone.signal.aborted) setFailed(true);
    });
    return () => gone.abort();
  }, []);

  function reload() {
    setFailed(false);
    fetchSections(AbortSignal.timeout(PATIENCE_MS)).then(setSections, () => setFailed(true));
  }

  return { sections, failed, reload };
}
