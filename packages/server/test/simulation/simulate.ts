/**
 * Runs one schedule, which a seed decides: the real followers of some tabs, the real handlers and ledgers of some servers,
 * one virtual clock, and whatever can go wrong in between. After every event each tab is checked; when the faults are over
 * every tab must come to agree with the ledger, and every command must have had the effect that was answered.
 *
 * The same seed is the same schedule, to the byte of its trace: nothing here or below reads a clock or draws a number that
 * is not the schedule's own.
 */
import { createHash } from 'node:crypto';
import { selectShown } from '../../../credits/src/sync/number/view.ts';
import { createBrowser } from '../../../credits/test/support/browser.ts';
import { createRandom, type Random } from '../../../credits/test/support/random.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { accruedAt } from './accrual-model.ts';
import { createCluster, WALL_CLOCK } from './cluster.ts';
import { asItIs, createDisturbances } from './disturbances.ts';
import type { EventLoop } from './event-loop.ts';
import type { Fault } from './faults.ts';
import { createNetwork } from './network.ts';
import { createOracle } from './oracle.ts';
import { createParticipant, type Participant } from './participant.ts';
import { createPlainHost } from './plain-host.ts';
import type { Profile } from './profiles.ts';
import { createMemoryStorage, type Storage } from './storage.ts';
import { createTrace } from './trace.ts';
import { createTruth } from './truth.ts';

export interface Outcome {
  /** What went wrong first, in a sentence; null when nothing did. */
  wrong: string | null;
  /** SHA-256 of the trace; empty where none was kept. */
  hash: string;
  /** Events after which every tab was checked. */
  events: number;
  trace: readonly string[];
  /** How often each fault happened. */
  faults: ReadonlyMap<Fault, number>;
}

export interface SimulateOptions {
  loop: EventLoop;
  /** Keeps the trace. @default false */
  traced?: boolean;
  /** @default the ledger's tables as Maps */
  storage?: Storage;
}

/** What somebody does between two looks at the clock, and how often. */
const ROUNDS = 14;
/** One poll, one grace period, one back-off, what was said to come back, and the round trips. */
const REST_MS_MAX = 240_000;
const REST_STEP_MS = 4_000;
/** How much later than the ledger a page that rests may count a credit. */
const BEHIND_MS_MAX = 3_000;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export async function simulate(seed: number, profile: Profile, options: SimulateOptions): Promise<Outcome> {
  const { loop, traced = false, storage = createMemoryStorage() } = options;
  const random = createRandom(seed);
  const browser = createBrowser(loop.drain);
  const truth = createTruth(storage.epoch);
  const trace = createTrace(traced, () => browser.now);
  const cluster = profile.versioned
    ? createCluster({ browser, random, truth, storage, ...profile, log: trace.log })
    : null;
  const ledgerMs = (): number => cluster?.wallMs() ?? WALL_CLOCK + browser.now;
  const { skewMs = 0 } = profile;
  const format = { write: asItIs };
  const faults = new Map<Fault, number>();
  const count = (fault: Fault): void => void faults.set(fault, (faults.get(fault) ?? 0) + 1);
  const host =
    cluster ??
    createPlainHost({
      truth,
      now: () => browser.now,
      namesUser: random.chance(0.5),
      delay: browser.delay,
      format,
      count,
    });
  const network = createNetwork({ browser, random, host, loss: profile.loss, log: trace.log, count });
  let events = 0;
  let faulty = true;
  try {
    await run();
    return { wrong: null, ...outcome() };
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : String(error), ...outcome() };
  } finally {
    browser.onStep = null;
  }

  function outcome() {
    const hash = traced ? createHash('sha256').update(trace.lines.join('\n')).digest('hex') : '';
    return { hash, events, trace: trace.lines, faults };
  }

  async function run(): Promise<void> {
    const messages = random.fork();
    browser.onMessage = () => deliverMessage(messages, faulty);
    await startHost();
    let tags = 0;
    const sessions = createSessions(profile, random);
    const participants = Array.from({ length: profile.tabs }, (_, index) =>
      createParticipant({
        name: `tab ${index + 1}`,
        browser,
        random,
        versioned: profile.versioned,
        slowPanel: profile.slowPanel ?? false,
        log: trace.log,
        count,
        user: () => sessions.user(index),
        makeTag: () => (tags += 1),
        fetch: (tab) => network.fetchFrom(tab, () => sessions.user(index), `tab ${index + 1}`),
      }),
    );
    const oracles = participants.map(({ name, tab, client, begun, answered }, index) => {
      const oracle = createOracle(
        {
          tab,
          begun,
          state: client.getState,
          isAnswered: (tag) => answered.has(tag),
          mayShow: (account) => sessions.mayShow(index, account),
        },
        {
          truth,
          isOut: network.isOut,
          revision: () => truth.revision + network.revision,
          now: () => browser.now,
          ledgerMs: () => ledgerMs() + skewMs,
          versioned: profile.versioned,
        },
      );
      return { name, check: oracle.check };
    });
    browser.onStep = () => {
      events += 1;
      if (truth.wrong !== null) throw new Error(truth.wrong);
      for (const { name, check } of oracles) {
        try {
          check();
        } catch (error) {
          throw new Error(`${name} at ${browser.now} ms ${(error as Error).message}`, { cause: error });
        }
      }
      for (const { name, client } of participants) {
        // Nothing here answers 410: each fault is over some time.
        if (client.getState().connection.state === 'stopped') throw new Error(`${name} asks no more`);
      }
      if (traced) for (const { name, client } of participants) trace.show(name, client.getState());
    };
    for (const { mount } of participants) mount();
    const { log } = trace;
    const empty = (): void => truth.change('ada', -truth.available('ada'), null, browser.now);
    const disturb = createDisturbances({
      browser,
      random,
      network,
      cluster,
      sessions,
      participants,
      format,
      empty,
      log,
      count,
    });

    for (let round = 0; round < ROUNDS; round++) {
      const action = random.next();
      if (action < 0.55) random.pick(participants).act();
      else if (action < 0.7) move();
      else if (action < 0.95) disturb(random.pick(profile.disturbances));
      await browser.advance(random.chance(0.6) ? random.between(0, 300) : random.between(300, 8_000));
    }

    faulty = false;
    trace.log('the faults end');
    network.calm();
    format.write = asItIs;
    browser.wake();
    cluster?.calm();
    for (const { tab, mount } of participants) {
      mount();
      tab.frozen = false;
      for (const event of ['online', 'visible', 'pageshow'] as const) tab.emit(event);
    }
    await rest(participants, sessions);
    for (const participant of participants) judge(participant);
    for (const { client } of participants) client.close();
    if (cluster === null) return;
    const differences = await cluster.verify();
    if (differences.length > 0) throw new Error(`The ledger does not verify: ${differences.join(' ')}`);
    await cluster.close();
  }

  async function startHost(): Promise<void> {
    if (cluster === null) {
      truth.change('ada', 1_000, null, browser.now);
      return;
    }
    await cluster.start();
    for (const [index, account] of profile.users.entries()) {
      // So far apart that nobody's number can be taken for another's.
      cluster.act((ledger) => ledger.grant({ ...byOthers('start', account), amount: 1_000 + index * 1_000_000 }));
      await browser.settle();
      if (profile.refilling === true) {
        const allowance = { ...drawAllowance(), per: 'day' as const };
        cluster.act((ledger) => ledger.startAllowance({ ...byOthers('allowance', account), ...allowance }));
        await browser.settle();
      }
      if (profile.burning !== true) continue;
      // Few credits that run out: most schedules are spent between suspensions.
      cluster.act((ledger) => ledger.spend({ ...byOthers('most', account), amount: 900 }));
      const rate = drawRate();
      cluster.act((ledger) => ledger.startRate({ ...byOthers('rate', account), ...rate }));
      await browser.settle();
    }
    cluster.backup();
    cluster.begin();
  }

  /** A change by others: an administrator, a job, another browser. */
  function move(): void {
    const account = random.pick(profile.users);
    const amount = random.between(1, 40);
    trace.log(`others move ${amount} of ${account}`);
    if (cluster === null) return truth.change(account, amount, null, browser.now);
    const about = byOthers(`move-${random.next()}`, account);
    const kind = random.next();
    const expiresAfterMs = random.between(1_000, 15_000);
    const lot = profile.expiring === true ? drawLot() : {};
    const rate = profile.burning === true ? drawRate() : null;
    const allowance = profile.refilling === true && random.chance(0.5) ? drawAllowance() : null;
    cluster.act(async (ledger) => {
      if (allowance !== null) await moveAllowance(ledger, about, allowance);
      else if (rate !== null && kind < 0.25) await ledger.startRate({ ...about, ...rate });
      else if (rate !== null && kind < 0.35) {
        const [oldest] = (await ledger.rates(account)).rates;
        if (oldest !== undefined) await ledger.stopRate({ ...about, rate: oldest.id });
      } else if (kind < 0.5) await ledger.grant({ ...about, amount, ...lot });
      else if (kind < 0.75) await ledger.spend({ ...about, amount });
      else await ledger.hold({ ...about, amount, expiresAfterMs });
    });
  }

  /** Up to two credits a second: accounts run out between grants. */
  function drawRate() {
    // With allowances schedules go on for months, of which the oracle knows only one.
    const periods = ['hour', 'day', 'week', 'month'] as const;
    const per = random.pick(profile.refilling === true ? periods.slice(0, 3) : periods);
    const hours = { hour: 1, day: 24, week: 168, month: 720 }[per];
    return { resource: 'server', amount: random.between(300, 7_200) * hours, per, minimum: random.pick([0, 0, 5]) };
  }

  /** Of amounts that are spent before the period ends, and some that are not. */
  function drawAllowance() {
    const dayMs = Math.floor(ledgerMs() / DAY_MS + random.between(-40, 2)) * DAY_MS;
    const amount = random.between(5, 200);
    return {
      amount,
      carryOver: random.pick([0, Math.floor(amount / 3), amount]),
      per: random.pick(['day', 'day', 'week', 'month'] as const),
      anchor: new Date(dayMs + random.pick([11, 12]) * HOUR_MS).toISOString(),
      timeZone: random.pick(['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu']),
      how: random.pick(['start', 'start', 'change', 'stop'] as const),
    };
  }

  async function moveAllowance(
    ledger: Ledger,
    about: ReturnType<typeof byOthers>,
    { how, ...terms }: ReturnType<typeof drawAllowance>,
  ): Promise<void> {
    if (how === 'start') return void (await ledger.startAllowance({ ...about, ...terms }));
    const [oldest] = (await ledger.allowances(about.account)).allowances;
    if (oldest === undefined) return;
    const { amount, carryOver } = terms;
    if (how === 'stop') await ledger.stopAllowance({ ...about, allowance: oldest.id });
    else await ledger.changeAllowance({ ...about, allowance: oldest.id, amount, carryOver });
  }

  /** Grants that expire soon, while holds outlive them; some that never expire, and some that are plain. */
  function drawLot(): { expiresAt?: string; priority?: number } {
    const priority = random.pick([0, 50, 50, 100]);
    const expiresAt = new Date(ledgerMs() + random.between(500, 20_000)).toISOString();
    const chance = random.next();
    if (chance < 0.15) return {};
    return chance < 0.3 ? { priority } : { priority, expiresAt };
  }

  async function rest(participants: readonly Participant[], sessions: Sessions): Promise<void> {
    let wrong: string | null = null;
    let quiet = 0;
    for (let waited = 0; waited < REST_MS_MAX; waited += REST_STEP_MS) {
      await browser.advance(REST_STEP_MS);
      for (const [index, { client }] of participants.entries()) {
        const user = sessions.user(index);
        // A client that was signed out by mistake signs in again; nothing else ends that state.
        if (user !== null && client.getState().connection.state === 'signed-out') {
          sessions.told(index);
          client.setAccount(user);
        }
      }
      wrong = network.out > 0 ? 'requests are still out' : cluster?.alive === 0 ? 'no server is up' : null;
      for (const [index, participant] of participants.entries()) wrong ??= unsettled(participant, sessions.user(index));
      quiet = wrong === null ? quiet + 1 : 0;
      // Twice: what comes after the last word must not change it.
      if (quiet === 2) return;
    }
    throw new Error(`In the end ${wrong ?? 'nothing rests'}.`);
  }

  function unsettled({ name, client, busy }: Participant, user: string | null): string | null {
    const state = client.getState();
    const shown = selectShown(state);
    if (user === null) return shown === null ? null : `${name} shows ${shown}, and nobody is signed in`;
    const truly = truth.available(user);
    if (profile.versioned && state.account !== user)
      return `${name} is about ${state.account ?? 'nobody'} in place of ${user}`;
    // A page's clock is behind by the time that its fastest frame took.
    const rates = truth.history(user).changes.at(-1)?.rates ?? [];
    const at = (behindMs: number): number => truly - accruedAt(rates, truly, ledgerMs() - behindMs);
    const [least, most] = [at(-skewMs), at(BEHIND_MS_MAX + skewMs)];
    if (shown === null || shown < least || shown > most) {
      return `${name} shows ${shown}, and the ledger says ${least} to ${most}`;
    }
    const dueSince = truth.dueSince(user, ledgerMs() - skewMs);
    if (dueSince !== null) return `a period of ${user} that began at ${dueSince} is not granted`;
    if (state.pending.length > 0) return `${name} still has ${state.pending.length} operations pending`;
    if (state.stale) return `${name} is stale`;
    return busy === 0 ? null : `${name} still waits for ${busy} answers`;
  }

  /** A command that succeeded has had one effect and a refused one none, in the epoch that the response came from. */
  function judge({ name, begun, answered }: Participant): void {
    if (!profile.versioned || truth.epoch !== storage.epoch) return;
    for (const [tag, { yes }] of answered) {
      const { account = '' } = begun.get(tag) ?? {};
      // Also what it did to others: nobody may be charged for what another one asked for.
      const changes = profile.users.flatMap((user) => truth.history(user).changes.map(({ tag: of }) => ({ of, user })));
      const times = changes.filter(({ of, user }) => of === tag && (user === account || yes)).length;
      if (yes && times !== 1) throw new Error(`${name} was told that ${tag} was done, and it was done ${times} times`);
      if (!yes && times > 0 && !truth.isUndone(tag))
        throw new Error(`${name} was told that ${tag} was refused, and it was done`);
    }
  }
}

function byOthers(key: string, account: string) {
  return { account, actor: 'system:others', idempotencyKey: `${key}:${account}`, reason: 'Others' };
}

/** A message between tabs: usually quick, sometimes late, lost or twice. */
function deliverMessage(random: Random, faulty: boolean): number[] {
  if (!faulty) return [1];
  const chance = random.next();
  if (chance < 0.05) return [];
  if (chance < 0.1) return [1, random.between(1, 2_000)];
  return [chance < 0.2 ? random.between(1, 2_000) : 1];
}

/** Who is signed in where. */
export interface Sessions {
  user(tab: number): string | null;
  /** Another session; in one cookie jar it is everybody's. */
  become(tab: number, user: string | null): void;
  /** The host has told the tab's follower who it is. */
  told(tab: number): void;
  mayShow(tab: number, account: string): boolean;
}

function createSessions({ users, tabs }: Profile, random: Random): Sessions {
  const isShared = users.length === 1 || random.chance(0.5);
  const first = users[0] ?? null;
  const current = Array.from({ length: tabs }, (_, tab) => (isShared ? first : (users[tab % users.length] ?? null)));
  const known = current.map((user) => new Set(user === null ? [] : [user]));
  return {
    user: (tab) => current[tab] ?? null,
    become(tab, user) {
      for (const index of current.keys()) {
        if (index !== tab && !isShared) continue;
        current[index] = user;
        if (user !== null) known[index]?.add(user);
      }
    },
    told(tab) {
      const user = current[tab];
      known[tab] = new Set(user == null ? [] : [user]);
    },
    mayShow: (tab, account) => known[tab]?.has(account) ?? false,
  };
}
