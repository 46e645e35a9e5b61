/**
 * `<credits-balance>`: the number for pages without React, from one script tag. Owns the element's attributes, what it
 * says and to whom; the number is the follower's, and how it is trusted is decided in `balance-view.ts`.
 *
 * The element is a class because the platform asks for one; nothing of it is exported but its type.
 */
import { CREDITS_PATH } from '../contract/route.ts';
import { createCreditsClient, type CreditsClient } from '../sync/client.ts';
import type { CreditsState } from '../sync/number/view.ts';
import { isWorthSaying, toBalanceView, type BalanceState, type BalanceView } from './balance-view.ts';
import { createClientPool, type Addresses, type Seat } from './client-pool.ts';
import { createNumberText } from './number-text.ts';
import { buildShadow, createSheet, readSlot } from './shadow.ts';

/** `detail` of the event `creditschange`, which says that the number or its state is another one. */
export interface CreditsChange {
  /** Whole credits, never below 0; null while nothing is known. */
  shown: number | null;
  state: BalanceState;
}

/** What `document.querySelector('credits-balance')` gives. */
export interface CreditsBalanceElement extends HTMLElement {
  /**
   * What follows the balance: for predictions (`open`, `mutate`) and `setAccount`. Null while the element is in no
   * document. Set one of your own to share it, or to send identity in a header; null for the element's own again.
   */
  client: CreditsClient | null;
  /** The number painted, in whole credits; null while nothing is known. */
  readonly shown: number | null;
  /** Asks the server now. Never rejects: what went wrong is the element's state. */
  refresh(): Promise<void>;
}

export interface DefineOptions {
  /** @default 'credits-balance' */
  name?: string;
  createClient?: (addresses: Addresses) => CreditsClient;
}

const ADDRESSES = ['balance-url', 'credits-url'];
const WORDS = ['format', 'label', 'locale'];

/** A user who has gone within this time of the page being looked at again was found gone because of it. */
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
    static readonly observedAttributes = [...ADDRESSES, ...WORDS];
    readonly #shadow = buildShadow(this, sheet);
    #given: CreditsClient | null = null;
    #seat: Seat | null = null;
    #stopListening: (() => void) | null = null;
    #last: CreditsState | null = null;
    /** The last state that said something: between two users there is a moment that does not. */
    #settled: CreditsState | null = null;
    #painted: BalanceView | null = null;
    /** When somebody came back to the page, in milliseconds of the page's clock. */
    #lookedAt = -Infinity;
    #write: ((amount: number) => string) | null = null;

    constructor() {
      super();
      this.#shadow.retry.addEventListener('click', () => void this.refresh());
    }

    get client(): CreditsClient | null {
      return this.#seat?.client ?? this.#given;
    }

    set client(client: CreditsClient | null) {
      this.#given = client;
      this.#rejoin();
    }

    get shown(): number | null {
      return this.#painted?.shown ?? null;
    }

    refresh(): Promise<void> {
      return this.#seat?.client.refresh({ force: true }) ?? Promise.resolve();
    }

    connectedCallback(): void {
      // Set before the script came: an own property hides the accessor.
      const early = Object.getOwnPropertyDescriptor(this, 'client');
      if (early !== undefined && Reflect.deleteProperty(this, 'client')) this.#given = early.value;
      this.#write = null; // its place decides the language
      this.#join();
    }

    disconnectedCallback(): void {
      this.#leave();
    }

    attributeChangedCallback(attribute: string, before: string | null, after: string | null): void {
      if (before === after) return;
      if (ADDRESSES.includes(attribute)) return this.#rejoin();
      this.#write = null;
      if (this.#last !== null) this.#paint(this.#last);
    }

    #join(): void {
      const addresses = {
        balanceUrl: this.getAttribute('balance-url') ?? '/api/user/me',
        creditsUrl: this.getAttribute('credits-url') ?? CREDITS_PATH,
      };
      this.#seat = pool.join(this, addresses, this.#given);
      const unsubscribe = this.#seat.client.subscribe((state) => this.#hear(state));
      const look = (): void => {
        if (document.visibilityState === 'hidden') return;
        this.#lookedAt = performance.now();
        if (this.#painted?.state === 'signed-out') this.#askWhoIsThere();
      };
      document.addEventListener('visibilitychange', look);
      this.#stopListening = () => {
        unsubscribe();
        document.removeEventListener('visibilitychange', look);
      };
      this.#last = this.#seat.client.getState();
      this.#paint(this.#last);
    }

    #leave(): void {
      this.#stopListening?.();
      this.#seat?.leave();
      this.#seat = this.#stopListening = this.#last = this.#settled = null;
      this.#shadow.status.textContent = '';
    }

    #rejoin(): void {
      if (this.#seat === null) return;
      this.#leave();
      this.#join();
    }

    /** Somebody else may have signed in meanwhile, in another tab. A client of the page's own is told by the page. */
    #askWhoIsThere(): void {
      if (this.#given !== null) return;
      this.#lookedAt = -Infinity; // once: whoever is not there then is signed out
      this.#seat?.retire();
      this.#rejoin();
    }

    #hear(state: CreditsState): void {
      this.#last = state;
      this.#paint(state);
      if (this.#painted?.state === 'loading') return;
      const before = this.#settled;
      this.#settled = state;
      const isGone = this.#painted?.state === 'signed-out' && this.#given === null;
      if (isGone && performance.now() - this.#lookedAt < FOUND_GONE_MS) this.#askWhoIsThere();
      else if (before !== null && isWorthSaying(before, state) && this.#speaks()) {
        this.#shadow.status.textContent = this.#say();
      }
    }

    #paint(credits: CreditsState): void {
      const view = toBalanceView(credits);
      const { label, value, placeholder, written, blank, note, retry } = this.#shadow;
      const { state, shown, word, retryable } = view;
      this.#write ??= createNumberText(
        this.getAttribute('locale') ?? this.closest('[lang]')?.getAttribute('lang') ?? '',
        this.getAttribute('format') === 'compact' ? 'compact' : 'full',
      );
      label.textContent = this.getAttribute('label') ?? 'Credits';
      value.textContent = shown === null ? '' : this.#write(shown);
      value.hidden = shown === null;
      placeholder.hidden = shown !== null || state === 'signed-out';
      // What the server wrote there is its user's number: nobody's once the session is gone, or while the next one is awaited.
      if (state === 'signed-out') written.name = 'nobody';
      blank.textContent = state === 'error' ? '—' : '';
      note.name = state;
      note.textContent = word;
      retry.hidden = !retryable;
      const changed = this.#painted?.state !== state || this.#painted.shown !== shown;
      this.#painted = view;
      if (!changed) return;
      this.setAttribute('state', state);
      const detail = Object.freeze<CreditsChange>({ shown, state });
      this.dispatchEvent(new CustomEvent('creditschange', { bubbles: true, composed: true, detail }));
    }

    /** One element speaks for all of its client: the first that is seen, since what is hidden has no voice. */
    #speaks(): boolean {
      for (const member of this.#seat?.members ?? []) {
        if (member.getClientRects().length > 0) return member === this;
      }
      return false;
    }

    #say(): string {
      const { label, value, note } = this.#shadow;
      return [label.textContent, value.textContent, readSlot(note)].filter(Boolean).join(' ');
    }
  }

  customElements.define(name, CreditsBalance);
}
