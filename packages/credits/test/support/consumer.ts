import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const PACKAGE = join(ROOT, 'packages/credits');
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');
const BUNDLE_ELEMENT = join(ROOT, 'scripts/setup/bundle-element.mjs');

/** Strict, and as a consumer without a bundler resolves. */
const COMPILER_OPTIONS = {
  target: 'ES2023',
  module: 'NodeNext',
  moduleResolution: 'NodeNext',
  lib: ['ES2023', 'DOM', 'DOM.Iterable'],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  isolatedModules: true,
  skipLibCheck: true,
  jsx: 'react-jsx',
  types: ['node'],
  outDir: 'out',
};

/**
 * A project of somebody else, with the package installed from the tarball that would be published: built from the
 * sources as they are now, so that a stale `dist` shows nothing.
 */
export function createConsumer() {
  const directory = mkdtempSync(join(tmpdir(), 'credits-consumer-'));
  const modules = join(directory, 'node_modules');
  mkdirSync(modules);
  for (const name of readdirSync(join(ROOT, 'node_modules'))) {
    const isOurs = name === 'realtime-credits' || name === 'dashboard' || name.startsWith('.');
    if (!isOurs) symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
  }

  const staging = join(directory, 'staging');
  for (const name of ['package.json', 'README.md', 'LICENSE', 'src']) {
    cpSync(join(PACKAGE, name), join(staging, name), { recursive: true });
  }
  const build = JSON.parse(readFileSync(join(PACKAGE, 'tsconfig.build.json'), 'utf8'));
  const project = join(staging, 'tsconfig.json');
  writeFileSync(project, JSON.stringify({ ...build, extends: join(ROOT, 'tsconfig.base.json') }));
  execFileSync(process.execPath, [TSC, '-p', project]);
  execFileSync(process.execPath, [BUNDLE_ELEMENT, join(staging, 'dist')]);

  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  execFileSync(npm, ['pack', '--silent', '--ignore-scripts', '--pack-destination', directory], { cwd: staging });
  const tarball = readdirSync(directory).find((name) => name.endsWith('.tgz')) ?? '';
  const installed = join(modules, 'realtime-credits');
  mkdirSync(installed);
  execFileSync('tar', ['-xzf', join(directory, tarball), '-C', installed, '--strip-components=1']);

  function write(path: string, text: string): void {
    const file = join(directory, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  write('package.json', JSON.stringify({ name: 'consumer', private: true, type: 'module' }));

  return {
    /** Where the package is installed. */
    installed,
    write,
    /** Compiles these files to `out`; returns what the compiler said, or '' when it was content. */
    compile(...files: string[]): string {
      write('tsconfig.json', JSON.stringify({ compilerOptions: { ...COMPILER_OPTIONS, rootDir: '.' }, files }));
      return spawnSync(process.execPath, [TSC, '-p', directory], { cwd: directory, encoding: 'utf8' }).stdout;
    },
    /** Runs a module in a process of its own; returns what it printed. */
    run(code: string): string {
      write('run.mjs', code);
      return execFileSync(process.execPath, ['run.mjs'], { cwd: directory, encoding: 'utf8', timeout: 60_000 });
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
