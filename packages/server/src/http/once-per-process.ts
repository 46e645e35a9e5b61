/**
 * Opens something when it is first asked for, and once in this process, however many copies of the calling module a
 * bundler has made: an embedded database refuses to be opened twice.
 *
 * A failed opening is tried again by whoever asks next. Nothing is opened while Next builds: pages that ask for it must
 * be dynamic. What is open stays open when Next reloads a module: a changed `open` counts from the next start on.
 *
 * @param name - The same name is the same thing.
 *
 * @example
 * export const credits = oncePerProcess('credits', async () => {
 *   const ledger = await createLedger({ database: await openDatabase({ directory: '.data/credits' }) });
 *   return { ledger, handler: createCreditsHandler({ ledger, identify }) };
 * });
 * const { ledger } = await credits();
 *
 * @throws {Error} while Next builds, and whatever `open` throws.
 */
export function oncePerProcess<T>(name: string, open: () => Promise<T>): () => Promise<T> {
  const key = Symbol.for(`realtime-credits.${name}`);
  const opened = globalThis as { [key]?: Promise<T> };
  return () => {
    if (process.env['NEXT_PHASE'] === 'phase-production-build') {
      return Promise.reject(
        new Error(`${name} was asked for while Next builds: say \`export const dynamic = 'force-dynamic'\` there.`),
      );
    }
    return (opened[key] ??= open().catch((error: unknown) => {
      delete opened[key];
      throw error;
    }));
  };
}
