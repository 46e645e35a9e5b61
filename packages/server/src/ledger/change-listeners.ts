import type { LedgerStorage } from './storage.ts';

export interface ChangeListenersOptions {
  storage: LedgerStorage;
  onWarning: (message: string, cause: unknown) => void;
  /** Called before the listeners, also when there are none. */
  onAnnounce: () => void;
}

/**
 * The listeners of this process for changed accounts. Changes of this process are announced by its writer and its
 * transactions; those of other processes arrive through the storage, which starts to listen with the first listener.
 */
export class ChangeListeners {
  readonly #options: ChangeListenersOptions;
  readonly #listeners = new Set<{ listener: (accounts: readonly string[]) => void }>();
  #stopListening: (() => Promise<void>) | null = null;

  constructor(options: ChangeListenersOptions) {
    this.#options = options;
  }

  /** Calls every listener. A listener that fails is reported and affects no other. */
  readonly announce = (accounts: readonly string[]): void => {
    const { onAnnounce, onWarning } = this.#options;
    onAnnounce();
    for (const { listener } of this.#listeners) {
      try {
        listener(accounts);
      } catch (error) {
        onWarning('A listener for changes failed.', error);
      }
    }
  };

  /** The same function may subscribe twice. Returns what unsubscribes. */
  subscribe(listener: (accounts: readonly string[]) => void): () => void {
    const entry = { listener };
    this.#listeners.add(entry);
    this.#stopListening ??= this.#options.storage.listen(this.announce);
    return () => {
      this.#listeners.delete(entry);
    };
  }

  async close(): Promise<void> {
    this.#listeners.clear();
    await this.#stopListening?.();
  }
}
