/**
 * Runs the real client against the model server through one schedule that a seed decides: loss, delay, duplicates,
 * reordering, dead connections, restored databases, frozen and hidden tabs. After every event each tab's number must be
 * explainable, and when the faults end every tab must agree with the ledger (convergence).
 */
import { selectShown } from '../../src/sync/number/view.ts';
import { createBrowser, type Tab } from './browser.ts';
import { createModelServer, type Exchange } from './model-server.ts';
import { createRandom } from './random.ts';
import { createTestClient, type TestClient } from './test-client.ts';

export interface Profile {
  versioned: boolean;
  tabs: number;
  /** Share of exchanges that go wrong. */
  loss: number;
  /** Whether the database is restored on the way. */
  restores: boolean;
}

const ACCOUNT = 'ada';

interface Participant {
  tab: Tab;
  client: TestClient;
  /** What this tab has begun: operation id by tag. */
  begun: Map<string, { id: string; delta: number }>;
  /** The version that explained the last number. */
  explainedBy: number;
  epochs: string[];
}

/** Returns the first thing that went wrong, in a sentence; null when nothing did. */
export async function simulate(seed: number, profile: Profile): Promise<string | null> {
  try {
    await run(seed, profile);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function run(seed: number, profile: Profile): Promise<void> {
  const random = createRandom(seed);
  const browser = createBrowser();
  const server = createModelServer(browser, { [ACCOUNT]: 1_000 });
  server.versioned = profile.versioned;
  const inTransit = new Map<string, number>();
  let faulty = true;
  let tags = 0;

  server.onExchange = (exchange: Exchange) => {
    exchange.outMs = random.between(1, faulty && random.chance(0.1) ? 3_000 : 200);
    exchange.backMs = random.between(1, faulty && random.chance(0.1) ? 3_000 : 200);
    if (faulty && random.chance(profile.loss)) {
      exchange.fate = random.pick(['lose-request', 'lose-answer', 'lose-answer', { status: 503 }] as const);
    }
    const tag = new URL(exchange.url, 'https://panel.example').searchParams.get('tag');
    if (tag === null || exchange.fate === 'lose-request' || typeof exchange.fate === 'object') return;
    inTransit.set(tag, (inTransit.get(tag) ?? 0) + 1);
    browser.setTimer(() => inTransit.set(tag, (inTransit.get(tag) ?? 1) - 1), exchange.outMs);
  };

  const participants = Array.from({ length: profile.tabs }, (): Participant => {
    const tab = browser.openTab(server.fetchAs(ACCOUNT), { random: random.next });
    const client = createTestClient({ environment: tab.environment, balanceUrl: '/api/user/me' });
    client.start();
    return { tab, client, begun: new Map(), explainedBy: 0, epochs: [] };
  });
  const fetch = server.fetchAs(ACCOUNT);

  function check(participant: Participant): void {
    const { client, begun } = participant;
    const state = client.getState();
    const shown = selectShown(state);
    if (state.confirmed === null || shown === null) return;
    const { version, epoch } = state.confirmed;
    const changes = server.changes(ACCOUNT, epoch ?? undefined);
    const pendingIds = new Set(state.pending.map(({ id }) => id));

    const expected = (at: number): number => {
      let sum = 0;
      const applied = new Set<string>();
      for (const change of changes) {
        if (change.version > at) break;
        sum += change.delta;
        if (change.tag !== undefined) applied.add(change.tag);
      }
      for (const [tag, { id, delta }] of begun) {
        if (applied.has(tag)) continue;
        const committedLater = changes.some((change) => change.tag === tag);
        const onItsWay = (inTransit.get(tag) ?? 0) > 0 && server.decided(id) === null;
        if (committedLater || onItsWay || pendingIds.has(id)) sum += delta;
      }
      return sum;
    };

    if (version !== null && epoch !== null) {
      if (participant.epochs.at(-1) !== epoch) {
        if (participant.epochs.includes(epoch)) throw new Error(`went back to epoch ${epoch}`);
        participant.epochs.push(epoch);
        participant.explainedBy = 0;
      }
      if (version < participant.explainedBy)
        throw new Error(`went back from version ${participant.explainedBy} to ${version}`);
      participant.explainedBy = version;
      if (expected(version) !== shown) {
        throw new Error(`shows ${shown} at version ${version}, explainable is ${expected(version)}`);
      }
      return;
    }
    const newest = changes.at(-1)?.version ?? 0;
    for (let at = Math.max(1, participant.explainedBy); at <= newest; at++) {
      if (expected(at) === shown) {
        participant.explainedBy = at;
        return;
      }
    }
    throw new Error(`shows ${shown}, which no version from ${participant.explainedBy} to ${newest} explains`);
  }

  function checkAll(): void {
    for (const [index, participant] of participants.entries()) {
      try {
        check(participant);
      } catch (error) {
        const state = participant.client.getState();
        const detail = JSON.stringify({
          confirmed: state.confirmed,
          pending: state.pending,
          begun: [...participant.begun],
          changes: server.changes(ACCOUNT),
          inTransit: [...inTransit],
        });
        throw new Error(`tab ${index} at ${browser.now} ms ${(error as Error).message}: ${detail}`, { cause: error });
      }
    }
  }

  function url(amount: number, tag: string, id?: string): string {
    const refuse = tag.charCodeAt(tag.length - 1) % 4 === 0 ? '&refuse=1' : '';
    const quiet = tag.charCodeAt(tag.length - 1) % 3 === 0 ? '&quiet=1' : '';
    return `/api/${amount < 0 ? 'spend' : 'grant'}?amount=${Math.abs(amount)}&tag=${tag}${refuse}${quiet}${id === undefined ? '' : `&id=${id}`}`;
  }

  /** One call that does it all. */
  function mutate(participant: Participant): void {
    const delta = random.between(1, 50) * (random.chance(0.7) ? -1 : 1);
    const tag = `m${(tags += 1)}`;
    participant.client
      .mutate({
        amount: delta,
        reason: tag,
        request: ({ id, headers, signal }) => {
          participant.begun.set(tag, { id, delta });
          return fetch(url(delta, tag), { method: 'POST', headers, signal });
        },
      })
      .catch(() => undefined);
    const { pending } = participant.client.getState();
    const id = pending.find(({ reason }) => reason === tag)?.id;
    if (id !== undefined) participant.begun.set(tag, { id, delta });
  }

  /** The documented form: predict, plain fetch, settle or take back. */
  async function purchase(participant: Participant): Promise<void> {
    const { client, begun } = participant;
    // Unique amounts: taking one back means this one.
    const tag = `p${(tags += 1)}`;
    const cost = 100 + tags;
    const { id } = client.open(-cost, tag);
    begun.set(tag, { id, delta: -cost });
    const stop = new AbortController();
    const cancel = browser.setTimer(() => stop.abort(), 5_000);
    try {
      const response = await fetch(url(-cost, tag), { method: 'POST', signal: stop.signal });
      const result: unknown = await response.json();
      if (response.ok) await client.settle(result);
      else client.open(cost);
    } catch {
      client.open(cost);
    } finally {
      cancel();
    }
  }

  function disturb(participant: Participant): void {
    const { tab } = participant;
    const what = random.pick(['hide', 'offline', 'freeze', 'cut', 'goodbye', 'buffer', 'restore', 'bfcache'] as const);
    const laterMs = random.between(100, 70_000);
    if (what === 'hide') {
      tab.emit('hidden');
      browser.setTimer(() => tab.emit('visible'), laterMs);
    } else if (what === 'offline') {
      tab.emit('offline');
      browser.setTimer(() => tab.emit('online'), laterMs);
    } else if (what === 'bfcache') {
      tab.emit('pagehide');
      browser.setTimer(() => tab.emit('pageshow'), laterMs);
    } else if (what === 'freeze') {
      tab.frozen = true;
      browser.setTimer(() => (tab.frozen = false), laterMs);
    } else if (what === 'cut') server.endStreams('cut');
    else if (what === 'goodbye') server.endStreams('goodbye');
    else if (what === 'buffer') server.buffering = !server.buffering;
    else if (profile.restores && server.epoch.length < 8) {
      server.restore(`${server.epoch}+`, ACCOUNT, Math.max(1, server.version(ACCOUNT) - random.between(0, 3)));
    }
  }

  browser.onStep = checkAll;
  for (let round = 0; round < 30; round++) {
    const participant = random.pick(participants);
    const action = random.next();
    if (action < 0.35) mutate(participant);
    else if (action < 0.6) void purchase(participant);
    else if (action < 0.75) server.move(ACCOUNT, random.between(1, 40));
    else if (action < 0.85) disturb(participant);
    else if (action < 0.9) participant.client.hint();
    else if (action < 0.95) void participant.client.refresh();
    checkAll();
    await browser.advance(random.chance(0.5) ? random.between(0, 300) : random.between(300, 8_000));
  }

  faulty = false;
  server.buffering = false;
  for (const { tab } of participants) {
    tab.frozen = false;
    tab.emit('online');
    tab.emit('visible');
    tab.emit('pageshow');
  }
  // What was said to come back has come back; then one poll, one grace period, one back-off and the round trips.
  await browser.advance(150_000);
  for (const [index, { client }] of participants.entries()) {
    const state = client.getState();
    const shown = selectShown(state);
    if (shown !== server.available(ACCOUNT) || state.pending.length > 0) {
      throw new Error(
        `tab ${index} shows ${shown} in the end, the ledger says ${server.available(ACCOUNT)}: ${JSON.stringify({ state, changes: server.changes(ACCOUNT).slice(-6) })}`,
      );
    }
    client.close();
  }
}
