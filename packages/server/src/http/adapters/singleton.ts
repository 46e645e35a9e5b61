/**
 * Opens something on first use, once in this process, however many copies of the calling module a bundler made: an embedded
 * database cannot be opened twice.
 *
 * A failed opening is tried again at the next call. Nothing is opened while Next builds: pages that need it must be dynamic.
 * What is open stays open when Next reloads a module, so a changed `open` takes effect at the next start.
 *
 * @param name - The same name is the same thing.
 *
 * @example
 * export const credits = singleton('credits', () => createCredits({ database: process.env.DATABASE_URL, identify }));
 * const { ledger } = await credits();
 *
 * @throws {Error} while Next builds, and whatever `open` throws
 */
export function singleton<T>(name: string, open: () => Promise<T>): () => Promise<T> {
  const key = Symbol.for(`realtime-credits.${name}`);
  const opened = globalThis as { [key]?: Promise<T> };
  return () => {
    if (process.env['NEXT_PHASE'] === 'phase-production-build') {
      return Promise.reject(
        new Error(
          `${name} was used while Next builds: make the page dynamic, for example with \`await connection()\`.`,
        ),
      );
    }
    return (opened[key] ??= open().catch((error: unknown) => {
      delete opened[key];
      throw error;
    }));
  };
}
