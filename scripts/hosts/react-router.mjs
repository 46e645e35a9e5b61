// `npm run hosts -- react-router`: React Router 7 with `app/`, rendered on its server, on React 18. Built and live.
import { copyFileSync, cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findFreePort } from '../setup/dashboard.mjs';
import { ROOT } from '../setup/install.mjs';
import { step } from '../setup/step.mjs';
import { withBrowser, withServer } from './browser.mjs';
import { PAGE, SESSION } from './fresh.mjs';
import { listServerPackages, REACT_ROUTER_PATHS, readGuideFiles } from './guide.mjs';
import { addItems, editFile, inProject, npmInstall, runTool, writeFiles } from './project.mjs';
import { PLAYER, seeBadge, seeExamples } from './watch-host.mjs';

const HOSTS = join(ROOT, 'test/hosts');

/** A function of the guide as an action of React Router. @param {string} module */
const toAction = (module) => `import { POST } from '~/${module}'

export const action = ({ request }: { request: Request }) => POST(request)
`;

/** What shadcn's own guide makes of a new project is what the Next hosts have, at other paths. @param {string} host */
function makeProject(host) {
  cpSync(join(HOSTS, 'react-router'), host, { recursive: true });
  mkdirSync(join(host, 'app/lib'));
  copyFileSync(join(HOSTS, 'fresh/lib/utils.ts'), join(host, 'app/lib/utils.ts'));
  copyFileSync(join(HOSTS, 'fresh/app/globals.css'), join(host, 'app/app.css'));
  const components = readFileSync(join(HOSTS, 'fresh/components.json'), 'utf8');
  const changed = components
    .replaceAll('"@/', '"~/')
    .replace('globals.css', 'app.css')
    .replace('"rsc": true', '"rsc": false');
  writeFiles(host, [{ path: 'components.json', code: changed }]);
  editFile(host, 'tsconfig.json', (text) => text.replace(/"paths": .+/, REACT_ROUTER_PATHS));
}

/** The guide's files where React Router has them. @param {string} host */
function writeGuideFiles(host) {
  const files = [...readGuideFiles('Next'), ...readGuideFiles(null), ...readGuideFiles('React Router')];
  /** @param {string} path */
  const read = (path) => files.find((file) => file.path === path)?.code.replaceAll("'@/", "'~/") ?? '';
  writeFiles(join(host, 'app'), [
    { path: 'lib/session.ts', code: SESSION },
    { path: 'lib/credits.ts', code: read('lib/credits.ts') },
    { path: 'lib/bonus.ts', code: read('app/api/bonus/route.ts') },
    { path: 'lib/practice.ts', code: read('app/api/examples/credits/route.ts') },
    { path: 'routes/credits.ts', code: read('routes/credits.ts') },
    { path: 'routes/bonus.ts', code: toAction('lib/bonus') },
    { path: 'routes/practice.ts', code: toAction('lib/practice') },
    { path: 'routes/home.tsx', code: PAGE.replaceAll("'@/", "'~/") },
    { path: 'routes/activity.tsx', code: read('app/activity/page.tsx') },
    { path: 'routes/examples.tsx', code: read('app/examples/page.tsx') },
  ]);
}

/** @param {string} registry @param {string} executablePath */
export async function testReactRouterHost(registry, executablePath) {
  await inProject('react-router', async (host) => {
    makeProject(host);
    await addItems(host, { name: 'A16: react-router', registry, sources: '', stylesheet: 'app/app.css' });
    await step('A16: react-router: server package', () => npmInstall(host, ...listServerPackages(registry)));
    await step('A16: react-router: types and build', async () => {
      writeGuideFiles(host);
      await runTool(host, '@react-router/dev/bin.js', 'build');
      await runTool(host, '@react-router/dev/bin.js', 'typegen');
      await runTool(host, 'typescript/bin/tsc');
    });
    await step('A16: react-router: everything live', () => watch(host, executablePath));
  });
}

/** @param {string} host @param {string} executablePath */
async function watch(host, executablePath) {
  const port = await findFreePort();
  const url = `http://localhost:${port}`;
  const options = {
    cwd: host,
    env: { PORT: String(port), NODE_ENV: 'production', CREDITS_EXAMPLES: '1' },
    url: `${url}/api/credits`,
    isReady: (/** @type {Response} */ { status }) => status === 401,
  };
  const start = [join(host, 'node_modules/@react-router/serve/bin.js'), './build/server/index.js'];
  await withServer(start, options, () =>
    withBrowser(executablePath, async (openPage) => {
      const page = await openPage([{ name: 'user', value: PLAYER, url }]);
      await seeBadge(page, url);
      await page.goto(`${url}/activity`);
      await page.getByText('Daily bonus').waitFor();
      await fetch(`${url}/api/examples/credits`, {
        method: 'POST',
        headers: { cookie: `user=${PLAYER}`, 'content-type': 'application/json' },
        body: JSON.stringify({ effect: 'set', amount: 1_000, reason: 'Make it a thousand' }),
      });
      await page.getByText('Make it a thousand').waitFor({ timeout: 10_000 });
      await seeExamples(page, url, 'react-router');
    }),
  );
}
