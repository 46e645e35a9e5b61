/** Runs one contestant through one schedule, on one of the two hosts, in no time at all. */
import { createBrowser } from '../../packages/credits/test/support/browser.ts';
import { createModelServer } from '../../packages/credits/test/support/model-server.ts';
import { createRandom } from '../../packages/credits/test/support/random.ts';
import { Refused, REQUEST_MS_MAX, type Contestant, type Sent, type World } from './contestants/contestant.ts';
import { createOracle, type Begun, type Verdict } from './oracle.ts';
import type { Page } from './page.ts';
import { MINUTE_MS, START, type Operation, type Schedule } from './schedule.ts';

/** `plain` answers `{user: {coins}}` and nothing else; `ours` is the package's server, with versions and push. */
export type Host = 'plain' | 'ours';

export interface Outcome extends Verdict {
  questions: number;
  commands: number;
  streams: number;
}

const ACCOUNT = 'ada';
/** A poll, a grace period of 30 s, a back-off and the round trips: by then everything has come to rest. */
const REST_MS = 150_000;

export async function run(page: Page, contestant: Contestant, host: Host, schedule: Schedule): Promise<Outcome> {
  const browser = createBrowser();
  const random = createRandom(schedule.seed);
  page.use({ browser, random });
  const server = createModelServer(browser, { [ACCOUNT]: START });
  server.versioned = host === 'ours';
  const oracle = createOracle(server, ACCOUNT, () => browser.now, schedule.deltas);
  const begun = new Map<string, Begun>();
  const attempts = new Map<string, number>();
  const outcome = { questions: 0, commands: 0, streams: 0 };
  const operations = schedule.happenings.flatMap((one) => (one.kind === 'operation' ? one.operation : []));

  server.onExchange = (exchange) => {
    const { pathname, searchParams } = new URL(exchange.url, 'https://panel.example');
    const operation = operations.find(({ tag }) => tag === searchParams.get('tag'));
    if (operation === undefined) {
      const isStream = pathname.endsWith('/stream');
      const nth = isStream ? (outcome.streams += 1) : (outcome.questions += 1);
      Object.assign(exchange, schedule.questionTrip(isStream ? nth + 10_000 : nth));
      return;
    }
    outcome.commands += 1;
    const attempt = attempts.get(operation.tag) ?? 0;
    attempts.set(operation.tag, attempt + 1);
    Object.assign(exchange, operation.trips[Math.min(attempt, operation.trips.length - 1)]);
    const own = begun.get(operation.tag);
    if (own === undefined || operation.refused || !['deliver', 'lose-answer'].includes(String(exchange.fate))) return;
    own.inTransit += 1;
    browser.setTimer(() => (own.inTransit -= 1), exchange.outMs);
  };

  const tab = browser.openTab(server.fetchAs(ACCOUNT), { random: random.next });
  const world = createWorld(host, tab, browser.setTimer);
  const output = document.createElement('output');
  document.body.append(output);
  const mounted = contestant.mount(world, output);
  const paint = (): void => oracle.paint(output.textContent === '' ? null : Number(output.textContent));
  browser.onStep = paint;

  for (const happening of [...schedule.happenings, { at: MINUTE_MS, kind: 'rest' as const }]) {
    await browser.advance(Math.max(0, happening.at - browser.now));
    if (happening.kind === 'operation') click(happening.operation);
    else if (happening.kind === 'move') {
      server.move(ACCOUNT, happening.delta);
      oracle.moved(happening.delta);
    } else if (happening.kind === 'cut') server.endStreams('cut');
    else if (happening.kind !== 'rest') {
      page.setVisible(happening.kind === 'visible');
      tab.emit(happening.kind);
    }
  }
  await browser.advance(REST_MS);
  await browser.settle();
  const verdict = oracle.finish();
  mounted.unmount();
  output.remove();
  await browser.settle();
  page.use(null);
  return { ...verdict, ...outcome };

  function click(operation: Operation): void {
    const own: Begun = { tag: operation.tag, delta: operation.delta, inTransit: 0, refused: false };
    begun.set(operation.tag, own);
    oracle.begin(own);
    const settled = (): boolean => (own.refused = world.refusals.has(operation.tag));
    mounted.act(operation).then(settled, settled);
  }
}

function createWorld(
  host: Host,
  tab: World['tab'],
  setTimer: (callback: () => void, delayMs: number) => () => void,
): World & { refusals: ReadonlySet<string> } {
  /** Operations whose refusal has been delivered. */
  const refusals = new Set<string>();

  async function within<Result>(how: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    const stop = new AbortController();
    const cancel = setTimer(() => stop.abort(), REQUEST_MS_MAX);
    return how(stop.signal).finally(cancel);
  }

  const world: World & { refusals: ReadonlySet<string> } = {
    refusals,
    honoursKeys: host === 'ours',
    tab,
    readCoins: () =>
      within(async (signal) => {
        const response = await tab.environment.fetch('/api/user/me', { signal });
        if (!response.ok) throw new Error(`The server answered ${response.status}.`);
        return ((await response.json()) as { user: { coins: number } }).user.coins;
      }),
    async fetch({ tag, delta, refused, quiet }, init) {
      const url = `/api/${delta < 0 ? 'spend' : 'grant'}?amount=${Math.abs(delta)}&tag=${tag}${refused ? '&refuse=1' : ''}${quiet ? '&quiet=1' : ''}`;
      const response = await tab.environment.fetch(url, { method: 'POST', ...init });
      if (response.status === 402) refusals.add(tag);
      return response;
    },
    send: (operation, id) =>
      within(async (signal): Promise<Sent> => {
        const headers: Record<string, string> = id === undefined ? {} : { 'idempotency-key': id };
        const response = await world.fetch(operation, { headers, signal });
        if (response.status === 402) throw new Refused('Not enough credits.');
        if (!response.ok) throw new Error(`The server answered ${response.status}.`);
        const body = (await response.json()) as {
          data?: { new_balance?: number };
          snapshot?: { balance: { available: number } };
        };
        return { body, coins: body.data?.new_balance ?? body.snapshot?.balance.available ?? null };
      }),
  };
  return world;
}
