import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const PACKAGES = { 'realtime-credits': 'credits', 'realtime-credits-server': 'server' };
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
 * A project of somebody else, with these packages installed from the tarballs that would be published: built from the
 * sources as they are now, because a stale `dist` would show nothing.
 */
export function createConsumer(...names: (keyof typeof PACKAGES)[]) {
  const directory = mkdtempSync(join(tmpdir(), 'credits-consumer-'));
  const modules = join(directory, 'node_modules');
  mkdirSync(modules);
  for (const name of readdirSync(join(ROOT, 'node_modules'))) {
    const isOurs = name in PACKAGES || name === 'dashboard' || name.startsWith('.');
    if (!isOurs) symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
  }

  const installedAt = (name: keyof typeof PACKAGES): string => join(modules, name);

  function install(packageName: keyof typeof PACKAGES): void {
    const source = join(ROOT, 'packages', PACKAGES[packageName]);
    // Inside the project: the server's package is built against the other one as it is installed there.
    const staging = join(directory, `staging-${PACKAGES[packageName]}`);
    for (const name of ['package.json', 'README.md', 'LICENSE', 'src']) {
      cpSync(join(source, name), join(staging, name), { recursive: true });
    }
    const build = JSON.parse(readFileSync(join(source, 'tsconfig.build.json'), 'utf8'));
    const project = join(staging, 'tsconfig.json');
    writeFileSync(project, JSON.stringify({ ...build, extends: join(ROOT, 'tsconfig.base.json') }));
    execFileSync(process.execPath, [TSC, '-p', project]);
    if (packageName === 'realtime-credits') execFileSync(process.execPath, [BUNDLE_ELEMENT, join(staging, 'dist')]);

    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    const tarballs = join(directory, `tarballs-${PACKAGES[packageName]}`);
    mkdirSync(tarballs);
    execFileSync(npm, ['pack', '--silent', '--ignore-scripts', '--pack-destination', tarballs], { cwd: staging });
    const [tarball = ''] = readdirSync(tarballs);
    mkdirSync(installedAt(packageName));
    execFileSync('tar', ['-xzf', join(tarballs, tarball), '-C', installedAt(packageName), '--strip-components=1']);
  }

  function write(path: string, text: string): void {
    const file = join(directory, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  write('package.json', JSON.stringify({ name: 'consumer', private: true, type: 'module' }));
  for (const name of names) install(name);

  return {
    /** Where a package is installed. */
    installedAt,
    /** Every module that an entry point of a package loads, ours by file and others by name. */
    reach: (name: keyof typeof PACKAGES, entry: string) => reach(join(installedAt(name), 'dist', entry)),
    write,
    /** Compiles these files to `out`; returns what the compiler said, or '' when it was content. */
    compile(...files: string[]): string {
      write('tsconfig.json', JSON.stringify({ compilerOptions: { ...COMPILER_OPTIONS, rootDir: '.' }, files }));
      return spawnSync(process.execPath, [TSC, '-p', directory], { cwd: directory, encoding: 'utf8' }).stdout;
    },
    /** Runs a module in a process of its own; returns what it printed. */
    run(code: string): string {
      write('run.mjs', code);
      return execFileSync(process.execPath, ['run.mjs'], { cwd: directory, encoding: 'utf8', timeout: 300_000 });
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

const IMPORTS = /^(?:import|export)\b[^'";]*from '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm;

function reach(entry: string): { files: string[]; packages: string[] } {
  const files = new Set<string>();
  const packages = new Set<string>();
  const visit = (file: string): void => {
    if (files.has(file)) return;
    files.add(file);
    const code = readFileSync(file, 'utf8');
    for (const [, from, bare, dynamic] of code.matchAll(IMPORTS)) {
      const specifier = from ?? bare ?? dynamic ?? '';
      if (specifier.startsWith('.')) visit(join(dirname(file), specifier));
      else packages.add(specifier);
    }
  };
  visit(entry);
  return { files: [...files], packages: [...packages] };
}
