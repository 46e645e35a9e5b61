import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Keeps a secret text in a file of the data directory that only its owner may read.
 *
 * @returns What the file holds: `fresh` when there was none before.
 */
export async function keepInFile(directory: string, name: string, fresh: string): Promise<string> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, name);
  try {
    // Only the first process creates it, readable by its own user alone.
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(`${fresh}\n`);
    } finally {
      await file.close();
    }
    return fresh;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return (await readFile(path, 'utf8')).trim();
}
