/*! realtime-credits · MIT */
/**
 * `<credits-balance>`, registered by being imported: for pages without React. `dist/credits-balance.js` is the same in one
 * file, for a script tag.
 */
import { defineCreditsBalance, type CreditsBalanceElement, type CreditsChange } from './element/credits-balance.ts';

export type { BalanceState } from './element/balance-view.ts';
export type { CreditsBalanceElement, CreditsChange } from './element/credits-balance.ts';

declare global {
  interface HTMLElementTagNameMap {
    'credits-balance': CreditsBalanceElement;
  }
  // It bubbles: elements, documents and windows receive it.
  interface GlobalEventHandlersEventMap {
    creditschange: CustomEvent<CreditsChange>;
  }
}

defineCreditsBalance();
