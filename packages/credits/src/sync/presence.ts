/**
 * Whether anybody looks: counts the displays, and goes with the page's life. Hidden, offline and the back/forward cache
 * are told apart here, so that its owner only knows *here*, *dormant* and *gone*.
 */
import type { Environment, PageEvent } from './environment.ts';

/** A hidden page counts as dormant after this: its stream is closed. */
const HIDDEN_MS_MAX = 60_000;

export interface PresenceOptions {
  /** The first display opens. */
  onStart: () => void;
  /** The page is looked at again: visible, online, out of the back/forward cache. */
  onWake: () => void;
  /** The last display closes, or the page leaves: everything that keeps it out of the back/forward cache is let go. */
  onLeave: () => void;
  /** After every change of what is asked below. */
  onChange: () => void;
}

export interface Presence {
  /** Opens a display. Returns how to close it; closing it twice is closing it once. */
  start(): () => void;
  isStarted(): boolean;
  /** Something is displayed, there is a network, and the page is not in the back/forward cache. */
  isHere(): boolean;
  /** The page has been hidden for so long that nothing is kept open for it. */
  isDormant(): boolean;
  /** Closes every display. */
  close(): void;
}

export function createPresence(environment: Environment, options: PresenceOptions): Presence {
  let starts = 0;
  let suspended = false;
  let dormant = false;
  let cancelDormant = (): void => undefined;
  let stopListening = (): void => undefined;

  function onPage(event: PageEvent): void {
    if (event === 'pagehide') return leave();
    // A page that loads shows itself too: only one that had left comes back.
    const isBack = event !== 'pageshow' || suspended;
    if (environment.isVisible() && environment.isOnline() && isBack) {
      cancelDormant();
      suspended = dormant = false;
      options.onWake();
    } else if (event === 'hidden') awaitDormancy();
    options.onChange();
  }

  function awaitDormancy(): void {
    cancelDormant();
    cancelDormant = environment.setTimer(() => {
      dormant = true;
      options.onChange();
    }, HIDDEN_MS_MAX);
  }

  function leave(): void {
    suspended = true;
    cancelDormant();
    options.onLeave();
    options.onChange();
  }

  function close(): void {
    starts = 0;
    leave();
    stopListening();
  }

  return Object.freeze<Presence>({
    start() {
      if (!environment.active) return () => undefined;
      starts += 1;
      if (starts === 1) {
        suspended = dormant = false;
        stopListening = environment.listen(onPage);
        // A tab that was opened in the background may never be looked at.
        if (!environment.isVisible()) awaitDormancy();
        options.onStart();
        options.onChange();
      }
      let counted = true;
      return () => {
        if (!counted) return; // closing one display twice must not stop another
        counted = false;
        starts -= 1;
        if (starts === 0) close();
      };
    },
    isStarted: () => starts > 0,
    isHere: () => starts > 0 && !suspended && environment.isOnline(),
    isDormant: () => dormant,
    close,
  });
}
