/**
 * How news come in by themselves: over the one stream of the browser, which this tab holds, or waits for and hears of from
 * the tab that does. Owns this tab's place among the others. What news mean is for its owner to say.
 */
import { formatEventId } from '../contract/event.ts';
import { CREDITS_ROUTES } from '../contract/route.ts';
import type { Snapshot } from '../contract/snapshot.ts';
import type { Core } from './core.ts';
import type { Requester } from './request.ts';
import { createStream, type StreamOptions } from './stream.ts';
import { createTabs, type TabMessage, type Tabs } from './tabs.ts';

export interface NewsOptions extends Pick<StreamOptions, 'onSnapshot' | 'onDenied'> {
  /** The stream is alive, and this is the newest version that it has brought. */
  onAlive: (newest: Pick<Snapshot, 'epoch' | 'version'>) => void;
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
    } else if (tabs !== null) unlink ??= takePart(tabs, account);
  }

  /** Waits for this tab's turn, then holds the stream and tells the others that it is alive. Returns how to hand it on. */
  function takePart(among: Tabs, account: string): () => void {
    let newest: Snapshot | null = null;
    let closeStream = (): void => undefined;
    const stopLeading = among.lead(account, () => {
      closeStream = createStream(environment, {
        connect(signal) {
          const headers: Record<string, string> = { accept: 'text/event-stream' };
          const { epoch = null, version = null } = core.model().confirmed ?? {};
          if (epoch !== null && version !== null) headers['last-event-id'] = formatEventId({ epoch, version });
          return requester.send(requester.creditsUrl + CREDITS_ROUTES.stream, { signal, headers });
        },
        mark: () => core.model().tick,
        onSnapshot(snapshot, startedAt) {
          newest = snapshot; // passed on to the other tabs by whoever takes it in
          options.onSnapshot(snapshot, startedAt);
        },
        onHeartbeat() {
          if (newest === null) return;
          options.onAlive(newest);
          among.post({ kind: 'alive', account, epoch: newest.epoch, version: newest.version });
        },
        onUnreadable: (cause) => options.onUnreadable(cause, 'stream'),
        onLive: setLive,
        onDenied: options.onDenied,
      });
    });
    return () => {
      closeStream();
      stopLeading();
    };
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
