import { act, cleanup, render } from '@testing-library/react';
import type { ReactElement } from 'react';
import { afterEach, beforeEach, vi } from 'vitest';
import type { AuthUser } from '@/stores/user-store';

/** The digits' animation needs a browser's layout; what is painted does not depend on it. */
vi.mock('@number-flow/react', () => ({ default: () => null }));

/** Channels of this test, by name: a message reaches the other tabs in the next microtask. */
const channels = new Set<FakeChannel>();

class FakeChannel extends EventTarget {
  readonly name: string;
  constructor(name: string) {
    super();
    this.name = name;
    channels.add(this);
  }
  postMessage(data: unknown): void {
    for (const other of channels) {
      if (other !== this && other.name === this.name) {
        queueMicrotask(() => other.dispatchEvent(new MessageEvent('message', { data })));
      }
    }
  }
  close(): void {
    channels.delete(this);
  }
}

const closing: (() => void)[] = [];

/** Gives every test of the file its own time, storage, tabs and page. */
export function isolateTabs(): void {
  beforeEach(() => {
    vi.useFakeTimers({
      toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'],
      now: new Date('2026-11-22T12:00:00Z'),
    });
    vi.stubGlobal('BroadcastChannel', FakeChannel);
    // Nobody gets to lead, so nobody opens a stream.
    vi.spyOn(navigator, 'locks', 'get').mockReturnValue({
      request: () => new Promise(() => undefined),
      query: () => Promise.resolve({}),
    });
    // Half of every span of full jitter: waiting is the same in each run.
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    localStorage.clear();
  });
  afterEach(() => {
    cleanup();
    for (const close of closing.splice(0)) close();
    channels.clear();
    vi.useRealTimers();
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });
}

export const PLAYER: AuthUser = { id: 7, username: 'player', email: 'player@host.test', role: 1, coins: 0 };

/** Leaves a session in the browser's storage, as an earlier visit would have. */
export function rememberSession(user: AuthUser = PLAYER): void {
  const state = { isAuthenticated: true, currentUser: user, sessionToken: null };
  localStorage.setItem('auth-store', JSON.stringify({ state, version: 0 }));
}

/** Loads the surface as a tab of its own: stores, hooks and display that share nothing with another tab's. */
export async function openTab() {
  vi.resetModules();
  const { useAuthStore } = await import('@/stores/user-store');
  const { creditsClient, useCreditsStore } = await import('@/stores/credits-store');
  const { useCreditsMutation, useCreditsSync, useCreditsUpdate } = await import('@/hooks/useCreditsUpdate');
  const { default: CreditsDisplay } = await import('@/components/CreditsDisplay');
  closing.push(() => creditsClient.close());

  const painted: number[] = [];
  useCreditsStore.subscribe(({ credits, lastFetch }) => {
    if (lastFetch > 0 && painted.at(-1) !== credits) painted.push(credits);
  });

  return {
    useAuthStore,
    useCreditsStore,
    creditsClient,
    useCreditsUpdate,
    useCreditsSync,
    useCreditsMutation,
    CreditsDisplay,
    /** Every number that was ever painted since it became known, without repetitions. */
    painted,
    /** Signs in with the host's own call. */
    signIn: (user: AuthUser = PLAYER) => act(() => useAuthStore.getState().setSession(user, null)),
    /** Mounts a header with its display, and waits until the balance is known. */
    showHeader: async (element: ReactElement = <CreditsDisplay variant="prominent" size="md" />) => {
      const view = render(element);
      await pass(100);
      return view;
    },
    /** Runs hooks as a component would, and hands them out. */
    runHook: <Result,>(hook: () => Result): Result => {
      const hands: { result?: Result } = {};
      function Component() {
        hands.result = hook();
        return null;
      }
      render(<Component />);
      if (hands.result === undefined) throw new Error('The component has not rendered.');
      return hands.result;
    },
  };
}

/** Lets fake time go by, with all that is due in it. */
export async function pass(milliseconds: number): Promise<void> {
  await act(async () => {
    await vi.advanceTimersByTimeAsync(milliseconds);
  });
}

/** What one display of the page paints: its digits, or null while it has none. */
export function readDigits(within: ParentNode = document): string | null {
  return within.querySelector('[data-slot="credits-display"] [data-credits-number]')?.textContent ?? null;
}

/** The button of one display of the page. */
export function readButton(within: ParentNode = document): HTMLButtonElement {
  const button = within.querySelector<HTMLButtonElement>('[data-slot="credits-display"] button');
  if (button === null) throw new Error('No display is on the page.');
  return button;
}

/** What one display of the page says to a screen reader. */
export function readName(within: ParentNode = document): string | null {
  return readButton(within).getAttribute('aria-label');
}
