import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PACKAGE = join(ROOT, 'packages/credits/src');

/** What an app imports for this job, by contestant. */
const IMPORTS: Record<string, string> = {
  SWR: `export { default, SWRConfig, useSWRConfig } from 'swr'; export { default as useSWRMutation } from 'swr/mutation';`,
  'TanStack Query': `export { QueryClient, QueryClientProvider, useMutation, useMutationState, useQuery, useQueryClient } from '@tanstack/react-query';`,
  Ours: `export { createCreditsClient, selectShown } from '${PACKAGE}/client.ts'; export * from '${PACKAGE}/react.ts';`,
};

/** Bytes of each contestant as an app would ship it: minified, then gzipped, React outside. */
export async function measureSizes(): Promise<Record<string, number>> {
  const sizes: Record<string, number> = {};
  for (const [name, contents] of Object.entries(IMPORTS)) {
    const { outputFiles } = await build({
      stdin: { contents, resolveDir: ROOT },
      bundle: true,
      minify: true,
      write: false,
      format: 'esm',
      platform: 'browser',
      external: ['react', 'react-dom'],
      define: { 'process.env.NODE_ENV': '"production"' },
    });
    sizes[name] = gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).length;
  }
  return sizes;
}

/** The installed version of a contestant. */
export function versionOf(name: string): string {
  const require = createRequire(import.meta.url);
  const manifest = require(join(dirname(require.resolve(`${name}/package.json`)), 'package.json')) as {
    version: string;
  };
  return manifest.version;
}
