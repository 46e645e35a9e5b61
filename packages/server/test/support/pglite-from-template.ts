import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
// By its path: in tests its name leads here.
import {
  PGlite as Original,
  type PGliteInterface,
  type PGliteOptions,
} from '../../../../node_modules/@electric-sql/pglite/dist/index.js';

const PACKAGE = fileURLToPath(new URL('../../../../node_modules/@electric-sql/pglite/package.json', import.meta.url));

/**
 * What tests get in place of `@electric-sql/pglite`: a new database begins as a copy of an empty one, which is made once for
 * each version and kept in `node_modules/.cache`. Most of the time of the tests went into `initdb`. Processes that tests
 * start run it themselves.
 */
export const PGlite = {
  defaultStartParams: Original.defaultStartParams,
  async create(options: PGliteOptions = {}): Promise<PGliteInterface> {
    const isNew = !existsSync(join(toDirectory(options) ?? '', 'PG_VERSION'));
    return Original.create(isNew ? { ...options, loadDataDir: await readTemplate() } : options);
  },
};

/** Where a database is kept; undefined: in memory. */
function toDirectory({ fs }: PGliteOptions): string | undefined {
  return (fs as { rootDir?: string } | undefined)?.rootDir;
}

/** A blob of bytes that are here already: reading one of Node's copies them several times. */
class Template extends Blob {
  readonly #bytes: Buffer<ArrayBuffer>;

  constructor(bytes: Buffer<ArrayBuffer>) {
    super();
    this.#bytes = bytes;
  }

  override async arrayBuffer(): Promise<ArrayBuffer> {
    const { buffer, byteOffset, length } = this.#bytes;
    return buffer.slice(byteOffset, byteOffset + length);
  }
}

async function readTemplate(): Promise<Blob> {
  const { version } = JSON.parse(readFileSync(PACKAGE, 'utf8')) as { version: string };
  const path = join(dirname(PACKAGE), '../../.cache/realtime-credits', `pglite-${version}-alone.tar`);
  if (!existsSync(path)) {
    const empty = await Original.create();
    // Nobody connects to the other two databases, which are two thirds of the files.
    await empty.exec(`UPDATE pg_database SET datistemplate = false`);
    for (const name of ['template0', 'template1']) await empty.exec(`DROP DATABASE ${name}`);
    await empty.exec('CHECKPOINT');
    const bytes = Buffer.from(await (await empty.dumpDataDir('none')).arrayBuffer());
    await empty.close();
    mkdirSync(dirname(path), { recursive: true });
    const unfinished = `${path}.${process.pid}`;
    writeFileSync(unfinished, bytes);
    renameSync(unfinished, path);
  }
  return new Template(readFileSync(path));
}
