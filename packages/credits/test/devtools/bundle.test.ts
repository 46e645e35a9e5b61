import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

const SOURCES = fileURLToPath(new URL('../../src', import.meta.url));

/** What a host's bundler makes of a page that uses an entry; React is the host's own. */
async function bundle(entry: string, environment: 'production' | 'development'): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents: `import { CreditsDevtools } from './${entry}.ts';\nexport const page = CreditsDevtools;\n`,
      resolveDir: SOURCES,
    },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    external: ['react', 'react/jsx-runtime'],
    define: { 'process.env.NODE_ENV': JSON.stringify(environment) },
  });
  return outputFiles[0]?.text ?? '';
}

const PANEL = /Credits devtools|Cut the stream|What happened|import/;

test('a production bundle has nothing of the panel in it, and a function that renders nothing', async () => {
  const code = await bundle('devtools', 'production');
  expect(code).not.toMatch(PANEL);
  expect(code.length).toBeLessThan(100);
});

test('a development bundle has the panel, and so has a production bundle that asks for it by name', async () => {
  expect(await bundle('devtools', 'development')).toMatch(PANEL);
  expect(await bundle('devtools-production', 'production')).toMatch(PANEL);
});
