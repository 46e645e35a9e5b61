import type { BrowserDriver, Tab } from './driver.ts';

/** @see https://www.w3.org/TR/webdriver2/#elements */
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';

/**
 * A browser behind a server that speaks W3C WebDriver.
 *
 * @param server - Its address, such as `http://127.0.0.1:4444`.
 * @param capabilities - Which browser it starts.
 */
export async function openWithWebDriver(server: string, capabilities: object): Promise<BrowserDriver> {
  const { sessionId } = (await send('POST', '/session', { capabilities: { alwaysMatch: capabilities } })) as {
    sessionId: string;
  };
  const session = `/session/${sessionId}`;
  const first = (await send('GET', `${session}/window`)) as string;
  await send('POST', `${session}/window/rect`, { width: 1440, height: 900 });
  let isFirstTaken = false;
  let last: Promise<unknown> = Promise.resolve();

  async function send(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(`${server}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const { value } = (await response.json()) as { value: { error?: string; message?: string } | null };
    if (!response.ok) throw new Error(`${method} ${path}: ${value?.error} (${value?.message})`);
    return value;
  }

  /** Commands go to the window that was switched to last: one at a time. */
  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = last.then(work, work);
    last = turn.catch(() => undefined);
    return turn;
  }

  async function openWindow(): Promise<string> {
    if (!isFirstTaken) {
      isFirstTaken = true;
      return first;
    }
    return inTurn(
      async () => ((await send('POST', `${session}/window/new`, { type: 'tab' })) as { handle: string }).handle,
    );
  }

  return {
    async newTab(): Promise<Tab> {
      const handle = await openWindow();
      const command = (method: string, path: string, body?: object): Promise<unknown> =>
        inTurn(async () => {
          await send('POST', `${session}/window`, { handle });
          return send(method, session + path, body);
        });
      const find = async (selector: string): Promise<string> => {
        const found = await command('POST', '/element', { using: 'css selector', value: selector });
        return `/element/${(found as Record<string, string>)[ELEMENT]}`;
      };
      return {
        goto: async (url) => void (await command('POST', '/url', { url })),
        read: (expression) => command('POST', '/execute/sync', { script: `return (${expression})`, args: [] }),
        click: async (selector) => void (await command('POST', `${await find(selector)}/click`, {})),
        type: async (selector, text) => void (await command('POST', `${await find(selector)}/value`, { text })),
        close: async () => void (await command('DELETE', '/window')),
      };
    },
    close: async () => void (await send('DELETE', session)),
  };
}
