/**
 * `<credits-balance>`: the number for pages without React, from one script tag. Owns the element's attributes and its
 * announcements; the number and how far it can be trusted come from the client.
 *
 * The element is a class because the platform requires one; nothing of it is exported but its type.
 */
import { createCreditsClient, type CreditsClient } from '../sync/client.ts';
import { selectView, type CreditsState, type CreditsView } from '../sync/number/view.ts';
import { describeBalance, isWorthAnnouncing, type BalanceState } from './balance-view.ts';
import { createClientPool, type ElementOptions, type Subscription } from './client-pool.ts';
import { createNumberText } from './number-text.ts';
import { buildShadow, createSheet, readSlot } from './shadow.ts';

/** `detail` of the event `creditschange`: the number or its state has changed. */
export interface CreditsChange {
  /** Whole credits, never below 0; null while nothing is known. */
  shown: number | null;
  state: BalanceState;
}

/** What `document.querySelector('credits-balance')` gives. */
export interface CreditsBalanceElement extends HTMLElement {
  /**
   * The client behind the number: for `mutate` and `setAccount`. Null while the element is in no document. Set one of your
   * own to share it; null for the element's own again.
   */
  client: CreditsClient | null;
  /** Sent with every request of the element's own client, such as a bearer token: values, or a function. */
  headers: ElementOptions['headers'] | null;
  /** What sends the requests of the element's own client; null for the page's `fetch`. */
  fetch: ElementOptions['fetch'] | null;
  /** The number painted, in whole credits; null while nothing is known. */
  readonly shown: number | null;
  /** Asks the server now. Never rejects: what went wrong is the element's state. */
  refresh(): Promise<void>;
}

export interface DefineOptions {
  /** @default 'credits-balance' */
  name?: string;
  createClient?: (options: ElementOptions) => CreditsClient;
}

const REQUESTS = ['balance-url', 'credits-url', 'credentials'];
const WORDS = ['format', 'label', 'locale'];

/** A user who is signed out within this time of a return to the page was found signed out because of it. */
const FOUND_GONE_MS = 10_000;

/** Registers the element. Does nothing where there are no elements, as on a server, or where the name is taken: the first script wins. */
export function defineCreditsBalance({
  name = 'credits-balance',
  createClient = createCreditsClient,
}: DefineOptions = {}): void {
  if (typeof customElements === 'undefined' || customElements.get(name) !== undefined) return;
  const pool = createClientPool(createClient);
  const sheet = createSheet();

  class CreditsBalance extends HTMLElement implements CreditsBalanceElement {
    static readonly observedAttributes = [...REQUESTS, ...WORDS];
    readonly #shadow = buildShadow(this, sheet);
    #given: CreditsClient | null = null;
    #headers: ElementOptions['headers'] | null = null;
    #fetch: ElementOptions['fetch'] | null = null;
    #subscription: Subscription | null = null;
    #stopListening: (() => void) | null = null;
    #last: CreditsState | null = null;
    /** The last state in which something was known: between two users there is a moment in which nothing is. */
    #settled: CreditsState | null = null;
    #painted: CreditsView | null = null;
    /** When somebody returned to the page, in milliseconds of the page's clock. */
    #lookedAt = -Infinity;
    #write: ((amount: number) => string) | null = null;

    constructor() {
      super();
      this.#shadow.retry.addEventListener('click', () => void this.refresh());
    }

    get client(): CreditsClient | null {
      return this.#subscription?.client ?? this.#given;
    }

    set client(client: CreditsClient | null) {
      this.#given = client;
      this.#rejoin();
    }

    get headers(): ElementOptions['headers'] | null {
      return this.#headers;
    }

    set headers(headers: ElementOptions['headers'] | null) {
      this.#headers = headers;
      this.#rejoin();
    }

    get fetch(): ElementOptions['fetch'] | null {
      return this.#fetch;
    }

    set fetch(fetch: ElementOptions['fetch'] | null) {
      this.#fetch = fetch;
      this.#rejoin();
    }

    get shown(): number | null {
      return this.#painted?.shown ?? null;
    }

    refresh(): Promise<void> {
      return this.#subscription?.client.refresh({ force: true }) ?? Promise.resolve();
    }

    connectedCallback(): void {
      // Set before the script loaded: an own property hides the accessor.
      for (const key of ['client', 'headers', 'fetch'] as const) {
        const early = Object.getOwnPropertyDescriptor(this, key);
        if (early !== undefined && Reflect.deleteProperty(this, key)) this[key] = early.value;
      }
      this.#write = null; // its place decides the language
      this.#join();
    }

    disconnectedCallback(): void {
      this.#leave();
    }

    attributeChangedCallback(attribute: string, before: string | null, after: string | null): void {
      if (before === after) return;
      if (REQUESTS.includes(attribute)) return this.#rejoin();
      this.#write = null;
      if (this.#last !== null) this.#paint(this.#last);
    }

    #join(): void {
      this.#subscription = pool.join(this, this.#readOptions(), this.#given);
      const unsubscribe = this.#subscription.client.subscribe((state) => this.#handleState(state));
      const look = (): void => {
        if (document.visibilityState === 'hidden') return;
        this.#lookedAt = performance.now();
        if (this.#painted?.status === 'signed-out') this.#lookForNextUser();
      };
      document.addEventListener('visibilitychange', look);
      this.#stopListening = () => {
        unsubscribe();
        document.removeEventListener('visibilitychange', look);
      };
      this.#last = this.#subscription.client.getState();
      this.#paint(this.#last);
    }

    #readOptions(): ElementOptions {
      const options: ElementOptions = {};
      const balanceUrl = this.getAttribute('balance-url');
      const creditsUrl = this.getAttribute('credits-url');
      const credentials = this.getAttribute('credentials');
      if (balanceUrl !== null) options.balanceUrl = balanceUrl;
      if (creditsUrl !== null) options.creditsUrl = creditsUrl;
      if (credentials !== null) options.credentials = credentials as RequestCredentials;
      if (this.#headers != null) options.headers = this.#headers;
      if (this.#fetch != null) options.fetch = this.#fetch;
      return options;
    }

    #leave(): void {
      this.#stopListening?.();
      this.#subscription?.leave();
      this.#subscription = this.#stopListening = this.#last = this.#settled = null;
      this.#shadow.status.textContent = '';
    }

    #rejoin(): void {
      if (this.#subscription === null) return;
      this.#leave();
      this.#join();
    }

    /** Somebody else may have signed in meanwhile, in another tab. A client of the page's own is told by the page. */
    #lookForNextUser(): void {
      if (this.#given !== null) return;
      this.#lookedAt = -Infinity; // once: after that, nobody is signed in
      this.#subscription?.evict();
      this.#rejoin();
    }

    #handleState(state: CreditsState): void {
      this.#last = state;
      this.#paint(state);
      if (this.#painted?.status === 'loading') return;
      const before = this.#settled;
      this.#settled = state;
      const isGone = this.#painted?.status === 'signed-out' && this.#given === null;
      if (isGone && performance.now() - this.#lookedAt < FOUND_GONE_MS) this.#lookForNextUser();
      else if (before !== null && isWorthAnnouncing(before, state) && this.#isAnnouncer()) {
        this.#shadow.status.textContent = this.#describe();
      }
    }

    #paint(credits: CreditsState): void {
      const view = selectView(credits);
      const { label, value, placeholder, written, blank, note, retry } = this.#shadow;
      const { status: state, shown, canRetry } = view;
      this.#write ??= createNumberText(
        this.getAttribute('locale') ?? this.closest('[lang]')?.getAttribute('lang') ?? '',
        this.getAttribute('format') === 'compact' ? 'compact' : 'full',
      );
      label.textContent = this.getAttribute('label') ?? 'Credits';
      value.textContent = shown === null ? '' : this.#write(shown);
      value.hidden = shown === null;
      placeholder.hidden = shown !== null || state === 'signed-out';
      // What the server wrote there is its user's number: nobody's once the session has ended.
      if (state === 'signed-out') written.name = 'nobody';
      blank.textContent = state === 'error' ? '—' : '';
      note.name = state;
      note.textContent = describeBalance(view);
      retry.hidden = !canRetry || state === 'signed-out';
      const changed = this.#painted?.status !== state || this.#painted.shown !== shown;
      this.#painted = view;
      if (!changed) return;
      this.setAttribute('state', state);
      const detail = Object.freeze<CreditsChange>({ shown, state });
      this.dispatchEvent(new CustomEvent('creditschange', { bubbles: true, composed: true, detail }));
    }

    /** One element announces for all of its client: the first visible one, because hidden ones are silent. */
    #isAnnouncer(): boolean {
      for (const member of this.#subscription?.members ?? []) {
        if (member.getClientRects().length > 0) return member === this;
      }
      return false;
    }

    #describe(): string {
      const { label, value, note } = this.#shadow;
      return [label.textContent, value.textContent, readSlot(note)].filter(Boolean).join(' ');
    }
  }

  customElements.define(name, CreditsBalance);
}
