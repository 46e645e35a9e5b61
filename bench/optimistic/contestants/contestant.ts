/** What a contestant gets, and what it has to do: nothing in here knows any library. */
import { createElement, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import type { Tab } from '../../../packages/credits/test/support/browser.ts';
import type { Operation } from '../schedule.ts';

/** Milliseconds after which every contestant gives a request up. */
export const REQUEST_MS_MAX = 10_000;
/** Milliseconds between two polls of every contestant. */
export const POLL_MS = 30_000;

export interface World {
  /** Whether the host honours an `Idempotency-Key`: a command may then be sent again. */
  honoursKeys: boolean;
  tab: Tab;
  /** `GET /api/user/me`. Rejects when no balance was had. */
  readCoins: () => Promise<number>;
  /** Sends the command once. Rejects with {@link Refused}, or with what the network did. */
  send: (operation: Operation, id?: string) => Promise<Sent>;
  /** The same as a plain `fetch`, for those who bring their own time limit. */
  fetch: (operation: Operation, init: { headers?: Record<string, string>; signal: AbortSignal }) => Promise<Response>;
}

/** What the route answered: its body, and the balance in it when it told one. */
export interface Sent {
  body: unknown;
  coins: number | null;
}

export interface Mounted {
  /** Does what a click on the button does. Settles when the contestant says that it is done with it. */
  act: (operation: Operation) => Promise<unknown>;
  unmount: () => void;
}

export interface Contestant {
  name: string;
  /** Where its own documentation describes the form. */
  documentation: string;
  mount: (world: World, output: HTMLElement) => Mounted;
}

/** The server's no, after which the operation will never take effect. */
export class Refused extends Error {}

/**
 * Renders a contestant's component, which gets a way to hand out its command.
 *
 * @param component - Calls `expose` on every render with what a click would call now.
 */
export function mountComponent(
  output: HTMLElement,
  component: (props: { expose: (act: Mounted['act']) => void }) => ReactNode,
  wrap: (node: ReactNode) => ReactNode = (node) => node,
): Mounted {
  let act: Mounted['act'] = () => Promise.reject(new Error('Nothing was rendered yet.'));
  const expose = (next: Mounted['act']): void => {
    act = next;
  };
  const root = createRoot(output);
  root.render(wrap(createElement(component, { expose })));
  return { act: (operation) => act(operation), unmount: () => root.unmount() };
}
