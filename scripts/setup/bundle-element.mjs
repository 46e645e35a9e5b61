// Makes the one file of a script tag, `dist/credits-balance.js`, of the built element: the only thing of the package that
// is bundled, because a page without npm cannot follow imports into a package. Run by itself it takes the built package's
// directory.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** @param {string} dist - Where the package was built to. */
export async function bundleElement(dist) {
  await build({
    entryPoints: [join(dist, 'element.js')],
    outfile: join(dist, 'credits-balance.js'),
    bundle: true,
    minify: true,
    format: 'esm',
    // What has constructable style sheets has these too.
    target: 'es2022',
    legalComments: 'inline',
    logLevel: 'warning',
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundleElement(process.argv[2] ?? 'dist');
