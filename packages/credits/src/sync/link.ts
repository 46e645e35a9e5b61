import { formatEventId } from '../contract/event.ts';
import { CREDITS_ROUTES } from '../contract/route.ts';
import type { Snapshot } from '../contract/snapshot.ts';
import type { Core } from './core.ts';
import type { Requester } from './request.ts';
import { createStream, type StreamOptions } from './stream.ts';
import type { Tabs } from './tabs.ts';

export interface LinkOptions extends Pick<StreamOptions, 'onSnapshot' | 'onUnreadable' | 'onLive' | 'onDenied'> {
  account: string;
  /** The stream is alive, and this is the newest version that it has brought. */
  onAlive: (newest: Pick<Snapshot, 'epoch' | 'version'>) => void;
}

/**
 * This tab's part in the one stream of the browser: waits for its turn, then holds the stream and keeps the other tabs
 * informed that it is alive. Frames are passed on by whoever takes them in.
 *
 * @returns How to hand it on.
 */
export function createLink(core: Core, requester: Requester, tabs: Tabs, options: LinkOptions): () => void {
  const { account, onSnapshot, onUnreadable, onAlive, onLive, onDenied } = options;
  let newest: Snapshot | null = null;
  let closeStream = (): void => undefined;

  const stopLeading = tabs.lead(account, () => {
    closeStream = createStream(requester.environment, {
      onUnreadable,
      onLive,
      onDenied,
      mark: () => core.model().tick,
      connect(signal) {
        const headers: Record<string, string> = { accept: 'text/event-stream' };
        const { epoch = null, version = null } = core.model().confirmed ?? {};
        if (epoch !== null && version !== null) headers['last-event-id'] = formatEventId({ epoch, version });
        return requester.send(requester.creditsUrl + CREDITS_ROUTES.stream, { signal, headers });
      },
      onSnapshot(snapshot, startedAt) {
        newest = snapshot;
        onSnapshot(snapshot, startedAt);
      },
      onHeartbeat() {
        if (newest === null) return;
        onAlive(newest);
        tabs.post({ kind: 'alive', account, epoch: newest.epoch, version: newest.version });
      },
    });
  });
  return () => {
    closeStream();
    stopLeading();
  };
}
