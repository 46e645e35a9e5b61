// `npm run hosts -- vite`: pages from Vite with shadcn/ui, and their API on the Express host. Looked at twice: by Vite's own
// server, which passes requests on, and built, from Express, which sends its page to every path that it does not know.
import { copyFileSync, cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findFreePort } from '../setup/dashboard.mjs';
import { ROOT } from '../setup/install.mjs';
import { step } from '../setup/step.mjs';
import { takePictures, withBrowser, withServer } from './browser.mjs';
import { runExpressHost } from './express.mjs';
import { readGuideFiles, VITE_PROXY } from './guide.mjs';
import { addItems, editFile, inProject, must, runTool, writeFiles } from './project.mjs';

const HOSTS = join(ROOT, 'test/hosts');

/** Signs in without a page load, as single-page apps do. */
const APP = `import CreditsDisplay from '@/components/CreditsDisplay'
import Activity from '@/app/activity/page'
import Examples from '@/app/examples/page'
import { BuyButton } from '@/components/buy-button'
import { useAuthStore } from '@/stores/user-store'

async function signIn() {
  const headers = { 'content-type': 'application/json' }
  await fetch('/api/login', { method: 'POST', headers, body: JSON.stringify({ user: 42 }) })
  await useAuthStore.getState().checkSession()
}

export default function App() {
  return (
    <>
      <header className="flex h-16 items-center justify-between border-b px-6">
        <button onClick={() => void signIn()}>Sign in</button>
        <BuyButton />
        <CreditsDisplay variant="prominent" size="md" />
      </header>
      {location.pathname === '/examples' ? <Examples /> : <Activity />}
    </>
  )
}
`;

/** What shadcn's own guide makes of a new project is what the Next hosts have, at other paths. @param {string} host */
function makeProject(host) {
  cpSync(join(HOSTS, 'vite'), host, { recursive: true });
  mkdirSync(join(host, 'src/lib'));
  copyFileSync(join(HOSTS, 'fresh/lib/utils.ts'), join(host, 'src/lib/utils.ts'));
  copyFileSync(join(HOSTS, 'fresh/app/globals.css'), join(host, 'src/index.css'));
  const components = JSON.parse(readFileSync(join(HOSTS, 'fresh/components.json'), 'utf8'));
  components.rsc = false;
  components.tailwind.css = 'src/index.css';
  writeFiles(host, [{ path: 'components.json', code: JSON.stringify(components) }]);
}

/** @param {import('./express.mjs').ExpressHost} api @param {string} registry @param {string} executablePath */
export async function testViteHost(api, registry, executablePath) {
  await inProject('vite', async (host) => {
    makeProject(host);
    await addItems(host, { name: 'A16: vite', registry, sources: 'src/', stylesheet: 'src/index.css' });
    await step('A16: vite: types and build', async () => {
      // A page of Next is a component like any other; what asks Next for more is Next's.
      const files = readGuideFiles(null).filter(({ code }) => !/'next|'@\/lib\/|realtime-credits-server/.test(code));
      writeFiles(join(host, 'src'), [...files, { path: 'App.tsx', code: APP }]);
      await runTool(host, 'typescript/bin/tsc');
      await runTool(host, 'vite/bin/vite.js', 'build');
    });
    await step('A16: vite: live in development', () =>
      runExpressHost(api, {}, async ({ url, welcome }) => {
        const proxy = VITE_PROXY.replace('http://localhost:3001', url);
        editFile(host, 'vite.config.ts', (text) => text.replace('  resolve:', `  ${proxy},\n  resolve:`));
        const port = await findFreePort();
        const start = [join(host, 'node_modules/vite/bin/vite.js'), '--port', String(port), '--strictPort'];
        const pages = `http://localhost:${port}`;
        await withServer(start, { cwd: host, env: {}, url: pages, isReady: ({ ok }) => ok }, async () => {
          // Browsers without `Sec-Fetch-Site`, as on addresses of a local network, are known by the `Host` alone.
          const { status } = await fetch(`${pages}/api/buy`, { method: 'POST', headers: { origin: pages } });
          must(status === 401, `A page of this host without a session was answered by ${status}.`);
          await watch(pages, welcome, 'vite', executablePath);
        });
      }),
    );
    await step('A16: vite: live when built', () =>
      runExpressHost(api, { pages: join(host, 'dist') }, ({ url, welcome }) =>
        watch(url, welcome, 'vite-built', executablePath),
      ),
    );
  });
}

/** @param {string} url @param {() => Promise<unknown>} welcome @param {string} name @param {string} executablePath */
function watch(url, welcome, name, executablePath) {
  return withBrowser(executablePath, async (openPage) => {
    const page = await openPage();
    await page.goto(url);
    await page.getByRole('button', { name: 'Sign in' }).click();
    const badge = page.locator('[data-credits-number]');
    await badge.filter({ hasText: /^0$/ }).waitFor();
    await welcome();
    await badge.filter({ hasText: /^100$/ }).waitFor({ timeout: 10_000 });
    await page.getByText('Welcome').waitFor();
    await takePictures(page, name);
    const button = page.getByRole('button', { name: 'Buy a small server' });
    await button.click();
    await badge.filter({ hasText: /^0$/ }).waitFor({ timeout: 10_000 });
    await page.getByText('Small server', { exact: true }).waitFor();
    await button.click();
    await button.filter({ hasText: 'has 0 available' }).waitFor();
    await page.goto(`${url}/examples`);
    await page.getByRole('tab', { name: 'Documented hooks' }).waitFor();
  });
}
