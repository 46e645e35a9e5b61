// `npm run hosts`: what docs/install.md says, done word by word in fresh projects of both layouts, with the real command
// line of shadcn against a running dashboard: the host's files stay as they were, the project's types hold, it builds,
// and its parts are live (`hosts/watch-host.mjs`). Then the host without versions (`hosts/legacy.mjs`). `-- fresh` and
// `-- legacy` are one of them. Takes some minutes, most of them for npm; not part of `npm test`.
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { testLegacyHost } from './hosts/legacy.mjs';
import { watchHost } from './hosts/watch-host.mjs';
import { ensureDashboardBuilt, ensurePackagesBuilt, ensureRegistryBuilt } from './setup/build.mjs';
import { ensureChromium } from './setup/chromium.mjs';
import { startDashboard } from './setup/dashboard.mjs';
import { ensureInstalled, ROOT } from './setup/install.mjs';
import { run, runMain, step, StepFailure } from './setup/step.mjs';

const FIXTURE = join(ROOT, 'test/hosts/fresh');
const INSTALL = readFileSync(join(ROOT, 'docs/install.md'), 'utf8');
/** What a cookie session is in these hosts. The document leaves it to the reader: it is theirs. */
const SESSION = `interface Session {
  userId: number
  role: 'admin' | 'user'
}

export async function readSession({ headers }: { headers: Pick<Headers, 'get'> }): Promise<Session | null> {
  const cookies = headers.get('cookie') ?? ''
  const id = /(?:^|; )user=(\\d+)/.exec(cookies)?.[1]
  return id === undefined ? null : { userId: Number(id), role: /(?:^|; )role=admin/.test(cookies) ? 'admin' : 'user' }
}
`;
const PAGE = `import CreditsDisplay from '@/components/CreditsDisplay'

export default function Page() {
  return (
    <header className="flex h-16 items-center justify-between border-b px-6">
      My dashboard <CreditsDisplay variant="prominent" size="md" />
    </header>
  )
}
`;

/** The files that the document shows, by the path in their first line. */
const SHOWN = [...INSTALL.matchAll(/```tsx?\n\/\/ (\S+)\n([\s\S]*?)```/g)].map(([, path = '', code = '']) => ({
  path,
  code,
}));

/** The items that the document installs, in its order. */
const ITEMS = [...INSTALL.matchAll(/^npx shadcn@\S+ add http:\/\/localhost:3000(\/r\/\S+)$/gm)].map(
  ([, path = '']) => path,
);

/** The packages of the server that it installs after them; what this dashboard serves is named by its path. */
const SERVER_PACKAGES = (/^npm install (http:\/\/localhost:3000\/r\/.+)$/m.exec(INSTALL)?.[1] ?? '').split(' ');

/** @param {string} directory @returns {Map<string, string>} */
function readTree(directory) {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
    .filter((path) => !/^(node_modules|\.next|\.data)\//.test(path));
  return new Map(files.map((path) => [path, readFileSync(join(directory, path), 'utf8')]));
}

/** @param {boolean} condition @param {string} otherwise */
function must(condition, otherwise) {
  if (!condition) throw new StepFailure(otherwise);
}

/** @param {string} host @param {'flat' | 'src'} layout */
function makeProject(host, layout) {
  cpSync(FIXTURE, host, { recursive: true });
  if (layout === 'flat') return;
  mkdirSync(join(host, 'src'));
  for (const folder of ['app', 'lib']) renameSync(join(host, folder), join(host, 'src', folder));
  for (const [file, from, to] of [
    ['tsconfig.json', '"./*"', '"./src/*"'],
    ['components.json', 'app/globals.css', 'src/app/globals.css'],
  ]) {
    writeFileSync(
      join(host, String(file)),
      readFileSync(join(host, String(file)), 'utf8').replace(String(from), String(to)),
    );
  }
}

/** @param {Map<string, string>} before @param {Map<string, string>} after @param {string} sources */
function compare(before, after, sources) {
  for (const [path, text] of before) {
    const now = after.get(path);
    if (path === 'package.json') {
      const [was, is] = [text, now ?? '{}'].map((json) => JSON.parse(json));
      must(
        Object.entries(was.dependencies).every(([name, version]) => is.dependencies[name] === version),
        'The installation changed a dependency of the host.',
      );
    } else if (path === `${sources}app/globals.css`) {
      const lines = new Set((now ?? '').split('\n'));
      must(
        text.split('\n').every((line) => lines.has(line)),
        'The installation changed a line of the stylesheet.',
      );
    } else if (path !== 'package-lock.json') must(now === text, `The installation changed ${path}.`);
  }
  for (const path of [
    'components/CreditsDisplay.tsx',
    'components/credits/activity/activity-list.tsx',
    'components/credits/admin/adjust-dialog.tsx',
    'components/examples/CreditsUpdateExample.tsx',
    'hooks/useCreditsUpdate.ts',
    'stores/credits-store.ts',
    'stores/user-store.ts',
  ]) {
    must(after.has(sources + path), `The installation did not make ${sources + path}.`);
  }
}

/** @param {'flat' | 'src'} layout @param {string} registry @param {string} executablePath */
async function installInto(layout, registry, executablePath) {
  const host = mkdtempSync(join(tmpdir(), `realtime-credits-host-${layout}-`));
  const sources = layout === 'src' ? 'src/' : '';
  /** @param {string} command @param {string[]} args */
  const inHost = (command, ...args) =>
    run(command, args, { cwd: host, env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1' } });
  try {
    makeProject(host, layout);
    await step(`${layout}: npm install`, () => inHost('npm', 'install', '--no-audit', '--no-fund'));
    const before = readTree(host);
    await step(`${layout}: shadcn add`, async () => {
      // One after the other, as the document does: each finds what the ones before it have brought.
      for (const item of ITEMS) {
        await inHost(
          process.execPath,
          join(ROOT, 'node_modules/shadcn/dist/index.js'),
          'add',
          registry + item,
          '--yes',
        );
      }
      compare(before, readTree(host), sources);
    });
    await step(`${layout}: server package`, () =>
      inHost(
        'npm',
        'install',
        ...SERVER_PACKAGES.map((name) => name.replace('http://localhost:3000', registry)),
        '--no-audit',
        '--no-fund',
      ),
    );
    await step(`${layout}: types and build`, async () => {
      for (const { path, code } of [
        ...SHOWN,
        { path: 'lib/session.ts', code: SESSION },
        { path: 'app/page.tsx', code: PAGE },
      ]) {
        const file = join(host, path.startsWith('next.config') ? '' : sources, path);
        mkdirSync(dirname(file), { recursive: true });
        // One of the two has what Next turns on in new projects, which refuses what used to be usual.
        const isNewest = layout === 'src' && path === 'next.config.ts';
        writeFileSync(
          file,
          isNewest ? code.replace('= {', '= {\n  cacheComponents: true,\n  partialPrefetching: true,') : code,
        );
      }
      await inHost(process.execPath, join(host, 'node_modules/next/dist/bin/next'), 'build');
      await inHost(process.execPath, join(host, 'node_modules/typescript/bin/tsc'), '--noEmit');
      must(!existsSync(join(host, '.data')), 'The build opened the database.');
    });
    await step(`${layout}: everything live`, () => watchHost(host, layout, executablePath));
  } finally {
    rmSync(host, { recursive: true, force: true });
  }
}

async function installFreshHosts() {
  console.log('\nReal-Time Credits: fresh hosts, by docs/install.md\n');
  await ensureInstalled();
  await ensurePackagesBuilt();
  await ensureRegistryBuilt();
  await ensureDashboardBuilt();
  const executablePath = await ensureChromium();
  const directory = mkdtempSync(join(tmpdir(), 'realtime-credits-hosts-'));
  const dashboard = await step('start the dashboard', () => startDashboard({ dataDirectory: directory }));
  try {
    for (const layout of /** @type {const} */ (['flat', 'src']))
      await installInto(layout, dashboard.url, executablePath);
  } finally {
    await dashboard.stop();
    rmSync(directory, { recursive: true, force: true });
  }
  console.log('\nBoth hosts are live.');
}

await runMain(async () => {
  const [which = 'all', ...words] = process.argv.slice(2);
  must(['all', 'fresh', 'legacy'].includes(which), `There are the hosts fresh and legacy: got ${which}.`);
  if (which !== 'legacy') await installFreshHosts();
  return which === 'fresh' ? 0 : testLegacyHost(words);
});
