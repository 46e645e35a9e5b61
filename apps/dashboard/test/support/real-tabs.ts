import { expect, type Browser, type BrowserContext } from '@playwright/test';

/**
 * Tabs of one window, as a person has them: only one of them is looked at, the others are hidden, and a hidden one can be
 * frozen. The runner's own pages cannot: it tells each of them that it has the focus, so none is ever hidden, and a page
 * that is not hidden is never frozen. These are opened past the runner, by the browser's own protocol.
 */
export interface RealTab {
  /** What an expression comes to in the page; promises are waited for. A frozen page still answers about itself. */
  evaluate(expression: string): Promise<unknown>;
  /** Looks at this tab, which hides the one before. */
  show(): Promise<void>;
  /** Stops its scripts as a browser does to save power; connections and locks stay. Only a hidden tab can be frozen. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** The number in the header, as text. */
  readCredits(): Promise<unknown>;
  /** How many event streams it has opened so far. */
  countStreams(): Promise<unknown>;
}

export interface RealWindow {
  /** Opens a tab and looks at it. `script` runs in it before any script of the page. */
  openTab(url: string, script?: string): Promise<RealTab>;
  close(): Promise<void>;
}

const WATCH = `
  window.streamCount = 0;
  window.isFrozen = false;
  document.addEventListener('freeze', () => (window.isFrozen = true));
  document.addEventListener('resume', () => (window.isFrozen = false));
  const original = window.fetch;
  window.fetch = (...request) => {
    if (String(request[0]).endsWith('/stream')) window.streamCount += 1;
    return original(...request);
  };`;

interface Reply {
  id: number;
  result?: { result?: { value?: unknown }; exceptionDetails?: { text: string } };
  error?: { message: string };
}

/** Opens a window of its own profile with the cookies of `context`. */
export async function openWindow(browser: Browser, context: BrowserContext): Promise<RealWindow> {
  const devtools = await browser.newBrowserCDPSession();
  const { browserContextId } = await devtools.send('Target.createBrowserContext');
  const cookies = (await context.cookies()).map(({ name, value, domain, path, httpOnly }) => ({
    name,
    value,
    domain,
    path,
    httpOnly,
  }));
  await devtools.send('Storage.setCookies', { browserContextId, cookies });

  const waiting = new Map<number, (reply: Reply) => void>();
  let sent = 0;
  devtools.on('Target.receivedMessageFromTarget', ({ message }) => {
    const reply = JSON.parse(message) as Reply;
    waiting.get(reply.id)?.(reply);
    waiting.delete(reply.id);
  });

  return {
    async openTab(url, script = '') {
      const { targetId } = await devtools.send('Target.createTarget', { url: 'about:blank', browserContextId });
      const { sessionId } = await devtools.send('Target.attachToTarget', { targetId, flatten: false });
      const send = async (method: string, params: object = {}): Promise<Reply['result']> => {
        const id = (sent += 1);
        const replied = new Promise<Reply>((resolve) => waiting.set(id, resolve));
        await devtools.send('Target.sendMessageToTarget', {
          sessionId,
          message: JSON.stringify({ id, method, params }),
        });
        const { result, error } = await replied;
        if (error !== undefined) throw new Error(`${method}: ${error.message}`);
        return result;
      };
      const evaluate = async (expression: string): Promise<unknown> => {
        const answer = await send('Runtime.evaluate', { expression, returnByValue: true, awaitPromise: true });
        if (answer?.exceptionDetails !== undefined) throw new Error(`${expression}: ${answer.exceptionDetails.text}`);
        return answer?.result?.value;
      };
      const until = (condition: string): Promise<void> =>
        expect.poll(() => evaluate(`Boolean(${condition})`), { message: condition }).toBe(true);
      await send('Page.enable');
      await send('Page.addScriptToEvaluateOnNewDocument', { source: `${WATCH};${script}` });
      await send('Page.navigate', { url });
      return {
        evaluate,
        show: async () => void (await devtools.send('Target.activateTarget', { targetId })),
        async freeze() {
          await until('document.visibilityState === "hidden"');
          await send('Page.setWebLifecycleState', { state: 'frozen' });
          await until('window.isFrozen');
        },
        async thaw() {
          await send('Page.setWebLifecycleState', { state: 'active' });
          await until('!window.isFrozen');
        },
        readCredits: () => evaluate(`document.querySelector('header [data-credits-number]')?.textContent ?? null`),
        countStreams: () => evaluate('window.streamCount'),
      };
    },
    async close() {
      await devtools.send('Target.disposeBrowserContext', { browserContextId });
      await devtools.detach();
    },
  };
}
