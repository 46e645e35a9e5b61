import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { sourceAliases } from '../../../../scripts/setup/source-aliases.mjs';

/**
 * Makes one file of a program, so that starting it costs no loader and running it nothing of what one adds. It lies beside
 * the packages that it asks for. Returns where.
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
