import type { Metadata } from 'next';
import { notFound } from 'next/navigation';

import { DocsArticle } from '@/components/docs/docs-article';
import { readDocs } from '@/lib/docs/read-docs';

interface DocsPageProps {
  params: Promise<{ name: string }>;
}

async function readPage({ params }: DocsPageProps) {
  const [docs, { name }] = await Promise.all([readDocs(), params]);
  return { docs, page: docs.pages.find((page) => page.name === name) };
}

export async function generateMetadata(props: DocsPageProps): Promise<Metadata> {
  const { page } = await readPage(props);
  return page === undefined ? {} : { title: page.title, description: page.summary };
}

/** Every other page of the documentation, by the name of its file. */
export default async function DocsNamedPage(props: DocsPageProps) {
  const { docs, page } = await readPage(props);
  if (page === undefined) notFound();
  return <DocsArticle docs={docs} page={page} />;
}
