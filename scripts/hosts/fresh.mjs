// `npm run hosts -- fresh`: Next, in projects of both layouts. They are built, and their parts are live.
import { cpSync, existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../setup/install.mjs';
import { step } from '../setup/step.mjs';
import { listServerPackages, readGuideFiles } from './guide.mjs';
import { addItems, editFile, inProject, must, npmInstall, runTool, writeFiles } from './project.mjs';
import { watchHost } from './watch-host.mjs';

const FIXTURE = join(ROOT, 'test/hosts/fresh');
/** What a cookie session is in these hosts. The document leaves it to the reader: it is theirs. */
export const SESSION = `interface Session {
  userId: number
  role: 'admin' | 'user'
}

export async function readSession({ headers }: { headers: Pick<Headers, 'get'> }): Promise<Session | null> {
  const cookies = headers.get('cookie') ?? ''
  const id = /(?:^|; )user=(\\d+)/.exec(cookies)?.[1]
  return id === undefined ? null : { userId: Number(id), role: /(?:^|; )role=admin/.test(cookies) ? 'admin' : 'user' }
}
`;
/** A page with the badge in its header. */
export const PAGE = `import CreditsDisplay from '@/components/CreditsDisplay'

export default function Page() {
  return (
    <header className="flex h-16 items-center justify-between border-b px-6">
      My dashboard <CreditsDisplay variant="prominent" size="md" />
    </header>
  )
}
`;

/** @param {string} host @param {'flat' | 'src'} layout */
function makeProject(host, layout) {
  cpSync(FIXTURE, host, { recursive: true });
  if (layout === 'flat') return;
  mkdirSync(join(host, 'src'));
  for (const folder of ['app', 'lib']) renameSync(join(host, folder), join(host, 'src', folder));
  editFile(host, 'tsconfig.json', (text) => text.replace('"./*"', '"./src/*"'));
  editFile(host, 'components.json', (text) => text.replace('app/globals.css', 'src/app/globals.css'));
}

/** @param {'flat' | 'src'} layout @param {string} registry @param {string} executablePath */
async function testLayout(layout, registry, executablePath) {
  const sources = layout === 'src' ? 'src/' : '';
  await inProject(layout, async (host) => {
    makeProject(host, layout);
    await addItems(host, { name: layout, registry, sources, stylesheet: `${sources}app/globals.css` });
    await step(`${layout}: server package`, () => npmInstall(host, ...listServerPackages(registry)));
    await step(`${layout}: types and build`, async () => {
      const [config, ...files] = [...readGuideFiles('Next'), ...readGuideFiles(null)].toSorted(
        (a, b) => Number(b.path === 'next.config.ts') - Number(a.path === 'next.config.ts'),
      );
      // One of the two has what Next turns on in new projects, which refuses what used to be usual.
      const newest = layout === 'src' ? '= {\n  cacheComponents: true,\n  partialPrefetching: true,' : '= {';
      writeFiles(host, [{ path: 'next.config.ts', code: (config?.code ?? '').replace('= {', newest) }]);
      writeFiles(join(host, sources), [
        ...files,
        { path: 'lib/session.ts', code: SESSION },
        { path: 'app/page.tsx', code: PAGE },
      ]);
      await runTool(host, 'next/dist/bin/next', 'build');
      await runTool(host, 'typescript/bin/tsc', '--noEmit');
      must(!existsSync(join(host, '.data')), 'The build opened the database.');
    });
    await step(`${layout}: everything live`, () => watchHost(host, layout, executablePath));
  });
}

/** @param {string} registry @param {string} executablePath */
export async function testFreshHosts(registry, executablePath) {
  await testLayout('flat', registry, executablePath);
  await testLayout('src', registry, executablePath);
}
