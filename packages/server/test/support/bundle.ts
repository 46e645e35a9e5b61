import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { sourceAliases } from '../../../../scripts/setup/source-aliases.mjs';

/**
 * Bundles a program into one file. Starting it needs no loader, and running it has no overhead of one. The file is beside
 * the packages that it imports. Returns its path.
 */
export async function bundleProgram(entryPoint: string, name: string): Promise<string> {
  const packages = dirname(dirname(createRequire(import.meta.url).resolve('pg/package.json')));
  const outfile = join(packages, '.cache', `realtime-credits-${name}-${process.pid}.mjs`);
  await build({
    entryPoints: [entryPoint],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    alias: sourceAliases(),
  });
  return outfile;
}
