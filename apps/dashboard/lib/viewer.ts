import type { Snapshot } from 'realtime-credits';
import { headers } from 'next/headers';
import { notFound, redirect } from 'next/navigation';
import { cache } from 'react';

import type { Me } from '@/lib/api';
import { getRuntime } from '@/server/runtime';

/** Who asked for the page, and their balance as the ledger has it now. */
export interface Viewer {
  user: Me;
  snapshot: Snapshot;
}

/** The signed-in person; null when signed out. Asked once per page, however many parts ask. */
export const readViewer = cache(async (): Promise<Viewer | null> => getRuntime().readMe(await headers()));

/** The signed-in user. Users who are signed out are sent to sign in, and come back afterwards. */
export async function requireViewer(): Promise<Viewer> {
  return (await readViewer()) ?? (await leaveToSignIn());
}

async function leaveToSignIn(): Promise<never> {
  const path = (await headers()).get('x-path') ?? '/';
  redirect(path === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(path)}`);
}

/** The signed-in administrator; for everybody else the page does not exist. */
export async function requireAdmin(): Promise<Viewer> {
  const viewer = await requireViewer();
  return viewer.user.role === 0 ? viewer : notFound();
}

/**
 * Reads one of our own routes on the server, as the person who asked for the page.
 *
 * @throws {Error} when the route fails for a reason that the page cannot help: the nearest error page says so.
 */
export async function readRoute<Answer>(path: string): Promise<Answer> {
  const asked = await headers();
  const request = new Request(new URL(path, `http://${asked.get('host') ?? 'localhost'}`), {
    headers: { cookie: asked.get('cookie') ?? '', accept: 'application/json' },
  });
  const response = await getRuntime().fetch(request);
  if (response.status === 401) return leaveToSignIn();
  // What the page's address says cannot be read by the route either: there is no such page.
  if (response.status === 404 || response.status === 400) notFound();
  if (!response.ok) {
    // The error page shows the digest: the id by which the log names this request.
    const digest = response.headers.get('x-request-id') ?? undefined;
    throw Object.assign(new Error(`GET ${path} answered ${response.status}.`), { digest });
  }
  return (await response.json()) as Answer;
}
