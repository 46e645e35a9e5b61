import { readDocs } from '@/lib/docs/read-docs';

/** The sections of the process that answers: nothing of them exists when pages are built. */
export const dynamic = 'force-dynamic';

const CACHE_SECONDS = 60;

/** What the search goes through, in the browser. */
export async function GET(): Promise<Response> {
  const { sections } = await readDocs();
  return Response.json(sections, { headers: { 'cache-control': `public, max-age=${CACHE_SECONDS}` } });
}
