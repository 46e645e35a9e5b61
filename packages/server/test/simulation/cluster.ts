/**
 * The servers: instances of the real ledger and the real handler over one database, behind one address. Instances are
 * killed, drained and started again; the database may be restored from a backup, in a new life.
 */
import { createCreditsHandler, type CreditsHandler } from '../../src/http/handler.ts';
import { toProblemResponse } from '../../src/http/to-problem-response.ts';
import { createLedger } from '../../src/ledger/create-ledger.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { CreditsError } from 'realtime-credits/contract';
import type { Browser } from '../../../credits/test/support/browser.ts';
import type { Random } from '../../../credits/test/support/random.ts';
import { answerHost } from './host.ts';
import { createInstanceDatabase, type HintBus } from './instance-database.ts';
import type { Storage } from './storage.ts';
import type { Truth } from './truth.ts';

/** A request as it reaches the servers. */
export interface Arrival {
  url: string;
  method: string;
  headers: Record<string, string>;
  body: string | null;
  /** Who the host's session says is asking. */
  session: () => string | null;
  signal: AbortSignal;
  /** Is told when whoever answers dies: its streams end with it. */
  died: () => void;
}

/** What answers requests: rejects when whoever answers dies on the way. */
export interface Host {
  answer(arrival: Arrival): Promise<Response>;
}

export interface Cluster extends Host {
  start(): Promise<void>;
  /** From now on statements of the database take time, where the profile says so. */
  begin(): void;
  readonly alive: number;
  /** Ends one instance in the middle of whatever it does; another takes its place later. */
  kill(restartMs: number): void;
  /** Says goodbye on every stream of one instance, then replaces it. */
  drain(): void;
  backup(): void;
  /** Back to the backup, in another life. Every instance starts again. */
  restore(restartMs: number): void;
  /** Runs a command of somebody else on any instance. Its failure is its own. */
  act(command: (ledger: Ledger) => Promise<unknown>): void;
  /** Tells the account's streams that a session ended. */
  signOut(account: string): void;
  /** From now on nothing is slow and no hint is lost. */
  calm(): void;
  verify(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface ClusterOptions {
  browser: Browser;
  random: Random;
  truth: Truth;
  storage: Storage;
  instances: number;
  /** Whether statements of the database take time. */
  slow: boolean;
  say: (what: string) => void;
}

interface Instance {
  name: string;
  ledger: Ledger;
  handler: CreditsHandler;
  /** Rejects when it dies. */
  died: Promise<never>;
  die: () => void;
}

const ORIGIN = 'https://panel.example';
const WALL_CLOCK = Date.UTC(2026, 10, 22);

export function createCluster(options: ClusterOptions): Cluster {
  const { browser, random, truth, storage, say } = options;
  const instances = new Set<Instance>();
  const listeners = new Map<string, Set<(payload: string) => void>>();
  let slow = false;
  let calm = false;
  let made = 0;
  let keys = 0;
  let backup = storage.backup();
  let truthBackup = truth.backup();
  let lives = 1;

  /** The hints of one instance, by chances of its own. */
  function createBus(own: Random): HintBus {
    return {
      publish(channel, payload) {
        for (const listener of listeners.get(channel) ?? []) {
          if (calm) {
            listener(payload);
            continue;
          }
          if (own.chance(0.2)) continue;
          const times = own.chance(0.1) ? 2 : 1;
          for (let time = 0; time < times; time++) browser.setTimer(() => listener(payload), own.between(0, 400));
        }
      },
      subscribe(channel, listener) {
        const heard = listeners.get(channel) ?? new Set();
        listeners.set(channel, heard.add(listener));
        return () => void heard.delete(listener);
      },
    };
  }

  function wait(own: Random): Promise<void> | null {
    if (!slow) return null;
    const ms = own.chance(0.03) ? own.between(100, 3_000) : own.between(0, 6);
    return ms === 0 ? null : browser.delay(ms);
  }

  async function startInstance(): Promise<void> {
    const name = `server ${(made += 1)}`;
    const own = random.fork();
    let isAlive = true;
    let die = (): void => undefined;
    const died = new Promise<never>((_resolve, reject) => {
      die = () => {
        isAlive = false;
        reject(new Error(`${name} died.`));
      };
    });
    died.catch(() => undefined);
    const setTimer = (callback: () => void, delayMs: number): (() => void) =>
      browser.setTimer(() => {
        if (isAlive) callback();
      }, delayMs);
    const database = createInstanceDatabase({
      pool: storage.pool,
      bus: createBus(own),
      wait: () => wait(own),
      isAlive: () => isAlive,
      onCommit: (rows) => truth.commit(rows, browser.now),
    });
    const life = lives;
    const ledger = await createLedger({
      database,
      clock: () => WALL_CLOCK + browser.now,
      setTimer,
      expirySweepMs: 5_000,
    });
    if (life !== lives) {
      // The database was restored under a server that was just starting: whoever restores starts it again.
      die();
      return startInstance();
    }
    const handler = createCreditsHandler({
      ledger,
      identify: async (request) => {
        const account = sessions.get(request.headers.get('x-session') ?? '')?.() ?? null;
        return account === null ? null : { account };
      },
      clock: { now: () => browser.now, setTimer, random: own.fork().next },
    });
    instances.add({ name, ledger, handler, died, die });
    say(`${name} is up`);
  }

  /** Sessions by the token that a request carries: who they belong to may change while a stream is open. */
  const sessions = new Map<string, () => string | null>();

  function remove(instance: Instance, restartMs: number): void {
    instances.delete(instance);
    instance.die();
    browser.setTimer(() => void startInstance(), restartMs);
  }

  function pick(): Instance | undefined {
    const all = [...instances];
    return all.length === 0 ? undefined : random.pick(all);
  }

  async function answerBy(instance: Instance, arrival: Arrival): Promise<Response> {
    const { url, method, headers, body, signal, session } = arrival;
    const account = session();
    const token = String(sessions.size);
    sessions.set(token, session);
    const request = new Request(ORIGIN + url, { method, headers: { ...headers, 'x-session': token }, body, signal });
    if (url.startsWith('/api/credits')) return instance.handler.fetch(request);
    if (account === null) return toProblemResponse(new CreditsError('unauthenticated'), 'simulated');
    return answerHost(request, account, {
      ledger: instance.ledger,
      name: truth.name,
      makeKey: () => `plain-${(keys += 1)}`,
      delay: browser.delay,
    });
  }

  return {
    async start() {
      for (let count = 0; count < options.instances; count++) await startInstance();
    },
    begin() {
      ({ slow } = options);
    },
    get alive() {
      return instances.size;
    },
    answer(arrival) {
      const instance = pick();
      if (instance === undefined) return Promise.reject(new Error('Nobody is there.'));
      instance.died.catch(arrival.died);
      return Promise.race([instance.died, answerBy(instance, arrival)]);
    },
    kill(restartMs) {
      const instance = pick();
      if (instance === undefined) return;
      say(`${instance.name} is killed`);
      remove(instance, restartMs);
    },
    drain() {
      const instance = pick();
      if (instance === undefined) return;
      say(`${instance.name} is drained`);
      instances.delete(instance);
      void startInstance();
      void instance.handler.drain().then(() => instance.ledger.close());
    },
    backup() {
      say('a backup is taken');
      backup = storage.backup();
      truthBackup = truth.backup();
    },
    restore(restartMs) {
      const epoch = `00000000-0000-4000-8000-${String((lives += 1)).padStart(12, '0')}`;
      say(`the database is restored, life ${lives}`);
      const ended = [...instances];
      for (const instance of ended) {
        instances.delete(instance);
        instance.die();
      }
      storage.restore(backup, epoch);
      truth.restore(truthBackup, epoch);
      for (const _ of ended) browser.setTimer(() => void startInstance(), restartMs);
    },
    act(command) {
      const instance = pick();
      if (instance !== undefined) void command(instance.ledger).catch(() => undefined);
    },
    signOut(account) {
      for (const { handler } of instances) handler.signOut(account);
    },
    calm() {
      slow = false;
      calm = true;
    },
    async verify() {
      const [instance] = instances;
      const report = await instance?.ledger.verify();
      return report?.differences.map(({ message }) => message) ?? ['No server is left.'];
    },
    async close() {
      for (const { ledger, die } of instances) {
        const closed = ledger.close();
        await closed;
        die();
      }
    },
  };
}
