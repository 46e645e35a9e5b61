/**
 * How news come in by themselves: over this tab's stream, or from the tab that holds it. Owns this tab's place among the
 * others. What news mean is for its owner to say.
 */
import type { Core } from './core.ts';
import { createLink, type LinkOptions } from './link.ts';
import type { Requester } from './request.ts';
import { createTabs, type TabMessage, type Tabs } from './tabs.ts';

export interface NewsOptions extends Pick<LinkOptions, 'onSnapshot' | 'onAlive' | 'onDenied'> {
  /** Another tab of this browser speaks, whoever its user is. */
  onMessage: (message: TabMessage) => void;
  /** What came over the stream, or from another tab, cannot be read. */
  onUnreadable: (cause: unknown, via: 'stream' | 'tab') => void;
  /** {@link News.isLive} has changed. */
  onLive: () => void;
}

export interface News {
  /** This tab holds the stream, and it brings news. */
  isLive(): boolean;
  /** This tab holds the stream or waits for its turn. */
  isLinked(): boolean;
  /** Lets the other tabs be heard. */
  join(): void;
  /** Takes part in the one stream of this account; null to have no part in any. Nothing happens before {@link News.join}. */
  link(account: string | null): void;
  /** Tells the other tabs, also where nothing is displayed: a page that signs out may have no number on it. */
  post(message: TabMessage): void;
  /** Lets go of the stream and of the other tabs. */
  leave(): void;
}

export function createNews(core: Core, requester: Requester, options: NewsOptions): News {
  const { environment } = core;
  let tabs: Tabs | null = null;
  let unlink: (() => void) | null = null;
  let live = false;

  function meetTabs(): Tabs {
    return createTabs(environment, `realtime-credits:${requester.creditsUrl}`, options.onMessage, (cause) =>
      options.onUnreadable(cause, 'tab'),
    );
  }

  function setLive(now: boolean): void {
    if (live === now) return;
    live = now;
    options.onLive();
  }

  function link(account: string | null): void {
    if (account === null) {
      unlink?.();
      unlink = null;
      setLive(false);
    } else if (tabs !== null) {
      unlink ??= createLink(core, requester, tabs, {
        ...options,
        account,
        onUnreadable: (cause) => options.onUnreadable(cause, 'stream'),
        onLive: setLive,
      });
    }
  }

  return Object.freeze<News>({
    isLive: () => live,
    isLinked: () => unlink !== null,
    join: () => void (tabs ??= meetTabs()),
    link,
    post(message) {
      const among = tabs ?? meetTabs();
      among.post(message);
      if (among !== tabs) among.close();
    },
    leave() {
      link(null);
      tabs?.close();
      tabs = null;
    },
  });
}
