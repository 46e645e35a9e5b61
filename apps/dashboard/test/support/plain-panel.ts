import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const DOCUMENT = readFileSync(new URL('../../../../docs/element.md', import.meta.url), 'utf8');
/** What the document shows of scripts, word by word: the title that follows the number, and a purchase. */
const EXAMPLE = /<script type="module">\n([\s\S]*?)<\/script>/.exec(DOCUMENT)?.[1] ?? '';

/** A panel that does not use this package: pages as PHP would send them, `GET /api/user/me`, and a purchase. */
export interface PlainPanel {
  url: string;
  /** The truth, in whole credits; written into each page, and answered. */
  coins: number;
  /** Whether the visitor has a session. */
  signedIn: boolean;
  close(): Promise<void>;
}

/**
 * The strictest policy that a careful operator sends: no inline style, no inline script, no markup made from strings. The
 * element's script is the only thing from elsewhere.
 */
function policyFor(script: string): string {
  return [
    `default-src 'none'`,
    `script-src 'self' ${new URL(script).origin}`,
    `connect-src 'self'`,
    `style-src 'self'`,
    `require-trusted-types-for 'script'`,
  ].join('; ');
}

const SHEET = `
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; background: #f6f7f9; color: #1b2430; }
header { display: flex; justify-content: space-between; gap: 16px; padding: 16px 24px; background: #fff; }
main { display: grid; gap: 24px; padding: 24px; max-width: 640px; }
credits-balance::part(value) { color: #92400e; }
@media (prefers-color-scheme: dark) {
  body { background: #10151c; color: #d8dee8; } header { background: #18202a; }
  credits-balance::part(value) { color: #fbbf24; }
}`;

const OWN_FILES = '<link rel="stylesheet" href="/panel.css"><script type="module" src="/panel.js"></script>';

/**
 * The page: a header with the number, and a sentence with a second one in other words.
 *
 * @param own - Tags for the page's own files.
 * @param address - Attributes of the elements that say where the balance is.
 */
export function renderPanel(script: string, coins: number, own: string, address: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>My panel</title>
<script type="module" src="${script}"></script>${own}</head>
<body>
<header><strong>My panel</strong> <credits-balance label="Coins"${address}>${new Intl.NumberFormat('en').format(coins)}</credits-balance></header>
<main><h1>Servers</h1> <button id="buy">Buy for 100</button> <p id="message" role="status"></p>
<p lang="de">Du hast <credits-balance label="Guthaben" hide-label format="compact"${address}><span slot="signed-out">abgemeldet</span></credits-balance> Punkte.</p></main>
</body></html>`;
}

/** @param script - Where the element's script is. */
export async function startPlainPanel(script: string, coins: number): Promise<PlainPanel> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://panel');
    if (pathname === '/') {
      response.setHeader('Content-Security-Policy', policyFor(script));
      response.setHeader('Content-Type', 'text/html; charset=utf-8');
      return void response.end(renderPanel(script, panel.coins, OWN_FILES, ' balance-url="/api/user/me"'));
    }
    if (pathname === '/panel.css') return void response.setHeader('Content-Type', 'text/css').end(SHEET);
    if (pathname === '/panel.js') return void response.setHeader('Content-Type', 'text/javascript').end(EXAMPLE);
    response.setHeader('Content-Type', 'application/json');
    if (pathname === '/buy.php' && request.method === 'POST') {
      if (panel.coins < 100) return void response.writeHead(400).end('{"success":false,"message":"Not enough"}');
      panel.coins -= 100;
      return void response.end(JSON.stringify({ success: true, data: { new_balance: panel.coins } }));
    }
    if (pathname !== '/api/user/me') response.writeHead(404).end('{"success":false}');
    else if (!panel.signedIn) response.writeHead(401).end('{"success":false,"message":"No user logged in"}');
    else response.end(JSON.stringify({ success: true, user: { id: 7, username: 'player', coins: panel.coins } }));
  });
  const panel: PlainPanel = {
    url: '',
    coins,
    signedIn: true,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('A TCP server has a numbered port.');
  panel.url = `http://127.0.0.1:${address.port}/`;
  return panel;
}
