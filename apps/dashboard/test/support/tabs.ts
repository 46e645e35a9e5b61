import type { BrowserContext, Page } from '@playwright/test';

/** Watches which tab of a browser holds the event stream, from now on. */
export function watchStreams(context: BrowserContext): { holders(): Page[] } {
  const open = new Map<unknown, Page>();
  context.on('request', (request) => {
    if (new URL(request.url()).pathname !== '/api/credits/stream') return;
    const page = request.frame().page();
    open.set(request, page);
    const close = () => open.delete(request);
    // A tab that is closed or crashes takes its requests along without a word.
    page.once('close', close);
    page.once('crash', close);
  });
  const close = (request: unknown) => open.delete(request);
  context.on('requestfinished', close);
  context.on('requestfailed', close);
  return { holders: () => [...open.values()] };
}

/** Ends the process behind a tab, as running out of memory does. */
export async function crash(page: Page): Promise<void> {
  const crashed = page.waitForEvent('crash');
  const devtools = await page.context().newCDPSession(page);
  // The command is never answered: there is nobody left to do it.
  devtools.send('Page.crash').catch(() => undefined);
  await crashed;
}
