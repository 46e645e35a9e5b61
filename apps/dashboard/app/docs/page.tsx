import type { Metadata } from 'next';

import { DocsArticle } from '@/components/docs/docs-article';
import { readDocs } from '@/lib/docs/read-docs';

export const metadata: Metadata = { title: 'Documentation' };

/** The front page: `docs/README.md`. */
export default async function DocsFrontPage() {
  const docs = await readDocs();
  const [front] = docs.pages;
  return front === undefined ? null : <DocsArticle docs={docs} page={front} />;
}
