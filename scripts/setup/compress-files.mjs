// Compresses what browsers download as well as can be, once: the server sends these files to browsers that accept them.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const TEXT = /\.(?:js|css|json|svg|txt)$/;
/** What is smaller fits into a packet anyway. */
const BYTES_MIN = 1_024;

/** @param {string} directory - Of its files, each gets one with `.br` and one with `.gz` beside it. */
export async function compressFiles(directory) {
  const paths = readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => TEXT.test(name))
    .map((name) => join(directory, name))
    .filter((path) => statSync(path).size >= BYTES_MIN);
  await Promise.all(
    paths.map(async (path) => {
      const text = readFileSync(path);
      const params = { [constants.BROTLI_PARAM_SIZE_HINT]: text.length };
      writeFileSync(`${path}.br`, await promisify(brotliCompress)(text, { params }));
      writeFileSync(`${path}.gz`, await promisify(gzip)(text, { level: 9 }));
    }),
  );
}
