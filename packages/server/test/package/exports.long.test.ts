import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createConsumer } from '../../../credits/test/support/consumer.ts';

const NAME = 'realtime-credits-server';

let consumer: ReturnType<typeof createConsumer>;
let installed: string;

beforeAll(() => {
  consumer = createConsumer('realtime-credits', NAME);
  installed = consumer.installedAt(NAME);
});
afterAll(() => consumer.remove());

const readManifest = () => JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));

test('the entry point loads in Node, and gives what it is for', () => {
  const printed = consumer.run(`console.log(JSON.stringify(Object.keys(await import('${NAME}'))))`);
  expect(JSON.parse(printed)).toEqual(
    expect.arrayContaining([
      'openDatabase',
      'createLedger',
      'createCreditsHandler',
      'respondWithSnapshot',
      'assertTrustedOrigin',
      'createCredits',
      'acceptCommand',
      'singleton',
      'toProblemResponse',
      'toNextHandlers',
      'toNodeListener',
      'createGracefulStop',
      'importBalances',
      'compareBalances',
    ]),
  );
});

test('types resolve without a bundler, and are types', () => {
  consumer.write(
    'types.ts',
    `
    import { createCreditsHandler, type Identity, type Ledger } from '${NAME}';
    export const host = (ledger: Ledger, identify: (request: Request) => Promise<Identity | null>) =>
      createCreditsHandler({ ledger, identify });
    // @ts-expect-error -- a host without a resolver is refused by the compiler
    export const open = (ledger: Ledger) => createCreditsHandler({ ledger });
  `,
  );
  expect(consumer.compile('types.ts')).toBe('');
});

/** The last compiler that knows `moduleResolution: node`, which many projects still have. */
const OLD_COMPILER = fileURLToPath(
  new URL('../../../../node_modules/@arethetypeswrong/core/node_modules/typescript/bin/tsc', import.meta.url),
);

const ENTRIES = ['realtime-credits', NAME].flatMap((name) => {
  const { exports } = JSON.parse(
    readFileSync(new URL(`../../../${name === NAME ? 'server' : 'credits'}/package.json`, import.meta.url), 'utf8'),
  ) as { exports: Record<string, unknown> };
  return Object.keys(exports)
    .filter((entry) => entry !== './package.json')
    .map((entry) => name + entry.slice(1));
});

test('A11: types resolve by `moduleResolution: node`, in CommonJS', () => {
  const lines = ENTRIES.map((entry, index) => `import * as entry${index} from '${entry}';\nexport { entry${index} };`);
  const strict = `// @ts-expect-error -- a version is no text\nexport const version: string = entry0.parseSnapshot({}).version;\n`;
  consumer.write('old.ts', `${lines.join('\n')}\n${strict}`);
  const options = ['--noEmit', '--strict', '--skipLibCheck', '--jsx', 'react-jsx', '--lib', 'es2023,dom,dom.iterable'];
  const old = ['--module', 'commonjs', '--moduleResolution', 'node', '--esModuleInterop', '--types', 'node'];
  const { stdout } = spawnSync(process.execPath, [OLD_COMPILER, ...options, ...old, 'old.ts'], {
    cwd: join(installed, '../..'),
    encoding: 'utf8',
  });
  expect(stdout).toBe('');
});

test('A11: CommonJS requires every entry point', () => {
  // Needs the embedded database and the telemetry of the host: they are there.
  const printed = consumer.run(`
    import { createRequire } from 'node:module';
    const require = createRequire(import.meta.url);
    console.log(JSON.stringify(${JSON.stringify(ENTRIES)}.map((entry) => Object.keys(require(entry)).length)));
  `);
  const counts = JSON.parse(printed) as number[];
  expect(ENTRIES.filter((entry, index) => counts[index] === 0)).toEqual(['realtime-credits/element']);
});

test('the entry reaches the packages that it depends on, and neither React nor the embedded database', () => {
  const { dependencies } = readManifest();
  const { packages } = consumer.reach(NAME, 'index.js');
  const names = packages
    .filter((specifier) => !specifier.startsWith('node:'))
    .map((specifier) => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/'));
  // Types are for the user's compiler: no code imports them.
  const running = Object.keys(dependencies ?? {}).filter((name) => !name.startsWith('@types/'));
  expect(new Set(names)).toEqual(new Set(running));
});

test('the two packages are one version', () => {
  const { version, dependencies } = readManifest();
  expect(dependencies['realtime-credits']).toBe(version);
});

test('the program runs where the package is installed, and reaches the ledger alone', () => {
  const program = join(installed, readManifest().bin['realtime-credits']);
  expect(readFileSync(program, 'utf8').startsWith('#!/usr/bin/env node\n')).toBe(true);
  expect(execFileSync(process.execPath, [program, '--help'], { encoding: 'utf8' })).toContain(
    'realtime-credits <command>',
  );
  const { files } = consumer.reach(NAME, 'cli/main.js');
  expect(files.filter((file) => /\/dist\/http\//.test(file))).toEqual([]);
});

test('the tarball has what it needs and no more', () => {
  expect(readdirSync(installed).toSorted()).toEqual(['LICENSE', 'README.md', 'dist', 'package.json', 'src']);
  // Source maps point at sources that are there: a debugger shows the code that people read.
  const map = JSON.parse(readFileSync(join(installed, 'dist/http/handler.js.map'), 'utf8'));
  for (const source of map.sources) expect(existsSync(join(installed, 'dist/http', source))).toBe(true);
});
