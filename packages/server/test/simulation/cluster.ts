/**
 * The servers: instances of the real ledger and the real handler over one database, behind one address. Instances are
 * killed, drained and started again; the database may be restored from a backup, in a new epoch.
 */
import { createCreditsHandler, type CreditsHandler } from '../../src/http/handler.ts';
import { toProblemResponse } from '../../src/http/to-problem-response.ts';
import { createLedgerOnStorage } from '../../src/ledger/ledger-on-storage.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { CreditsError } from 'realtime-credits/contract';
import type { Browser } from '../../../credits/test/support/browser.ts';
import type { Random } from '../../../credits/test/support/random.ts';
import { answerHost } from './host.ts';
import { createInstanceStorage, type CallPlan, type NotificationBus } from './instance-storage.ts';
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
  /** Called when the answering instance dies: its streams end with it. */
  died: () => void;
}

/** Answers requests. Rejects when the answering instance dies on the way. */
export interface Host {
  answer(arrival: Arrival): Promise<Response>;
}

export interface Cluster extends Host {
  start(): Promise<void>;
  /** From now on statements of the database take time, where the profile says so. */
  begin(): void;
  readonly alive: number;
  /** The right time. Instances may be ahead of it or behind. */
  wallMs(): number;
  /** Ends one instance in the middle of whatever it does; another takes its place later. */
  kill(restartMs: number): void;
  /** Ends all instances at once. Days later others take their place. */
  outage(ms: number, restartMs: number): void;
  /** Says goodbye on every stream of one instance, then replaces it. */
  drain(): void;
  backup(): void;
  /** Back to the backup, in another epoch. Every instance starts again. */
  restore(restartMs: number): void;
  /** Runs a command of somebody else on any instance. Its failure is its own. */
  act(command: (ledger: Ledger) => Promise<unknown>): void;
  /** Tells the account's streams that a session ended. */
  signOut(account: string): void;
  /** From now on nothing is slow and no notification is lost. */
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
  /** How far the clock of an instance may be from the right one. @default 0 */
  skewMs?: number;
  log: (what: string) => void;
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
/** When the virtual clock begins. */
export const WALL_CLOCK = Date.UTC(2026, 10, 22);

export function createCluster(options: ClusterOptions): Cluster {
  const { browser, random, truth, storage, skewMs = 0, log } = options;
  const instances = new Set<Instance>();
  const listeners = new Map<object, (accounts: readonly string[]) => void>();
  let slow = false;
  let calm = false;
  let made = 0;
  let keys = 0;
  let backup = storage.backup();
  let truthBackup = truth.backup();
  let epochs = 1;
  let outageMs = 0;
  const wallMs = (): number => WALL_CLOCK + browser.now + outageMs;

  /** The notifications of one instance, by chances of its own. */
  function createBus(own: Random): NotificationBus {
    return {
      publish(sender, accounts) {
        for (const [receiver, listener] of listeners) {
          const receive = (): void => {
            if (receiver !== sender) listener(accounts);
          };
          if (calm) {
            receive();
            continue;
          }
          if (own.chance(0.2)) continue;
          const times = own.chance(0.1) ? 2 : 1;
          for (let time = 0; time < times; time++) browser.setTimer(receive, own.between(0, 400));
        }
      },
      subscribe(receiver, listener) {
        listeners.set(receiver, listener);
        return () => void listeners.delete(receiver);
      },
    };
  }

  /** Milliseconds that a message to or from the database takes. */
  function drawMs(own: Random): number {
    return own.chance(0.03) ? own.between(100, 3_000) : own.between(0, 6);
  }

  function plan(own: Random): CallPlan {
    if (!slow) return { requestMs: 0, resultMs: 0, isResultLost: false };
    // Two round trips: what is read, then what is written.
    return { requestMs: drawMs(own) + drawMs(own), resultMs: drawMs(own), isResultLost: own.chance(0.01) };
  }

  async function startInstance(): Promise<void> {
    const name = `server ${(made += 1)}`;
    const own = random.fork();
    const aheadMs = skewMs === 0 ? 0 : own.between(-skewMs, skewMs);
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
    const started = epochs;
    const calls = options.slow ? own.fork() : own;
    if (slow) await browser.delay(drawMs(calls));
    const ledger = createLedgerOnStorage({
      storage: createInstanceStorage({
        storage: await storage.open(),
        bus: createBus(own),
        plan: () => plan(calls),
        delay: browser.delay,
        isAlive: () => isAlive,
        onCommit: ({ rows }) => truth.commit(rows, browser.now),
      }),
      clock: { wallMs: () => wallMs() + aheadMs, setTimer },
      expirySweepMs: 5_000,
    });
    if (started !== epochs) {
      // The database was restored under a server that was just starting: the restore starts it again.
      die();
      return startInstance();
    }
    const handler = createCreditsHandler({
      ledger,
      identify: async (request) => {
        const account = sessions.get(request.headers.get('x-session') ?? '')?.() ?? null;
        return account === null ? null : { account };
      },
      clock: {
        wallMs: () => wallMs() + aheadMs,
        monotonicMs: () => browser.now,
        setTimer,
        random: own.fork().next,
      },
    });
    instances.add({ name, ledger, handler, died, die });
    log(`${name} is up`);
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
    wallMs,
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
      log(`${instance.name} is killed`);
      remove(instance, restartMs);
    },
    outage(ms, restartMs) {
      outageMs += ms;
      for (const instance of instances) remove(instance, restartMs);
    },
    drain() {
      const instance = pick();
      if (instance === undefined) return;
      log(`${instance.name} is drained`);
      instances.delete(instance);
      void startInstance();
      void instance.handler.drain().then(() => instance.ledger.close());
    },
    backup() {
      log('a backup is taken');
      backup = storage.backup();
      truthBackup = truth.backup();
    },
    restore(restartMs) {
      const epoch = `00000000-0000-4000-8000-${String((epochs += 1)).padStart(12, '0')}`;
      log(`the database is restored, epoch ${epochs}`);
      const ended = [...instances];
      for (const instance of ended) {
        instances.delete(instance);
        instance.die();
      }
      backup(epoch);
      truth.restore(truthBackup, epoch);
      for (const _ of ended) browser.setTimer(() => void startInstance(), restartMs);
    },
    act(command) {
      const instance = pick();
      if (instance !== undefined) void command(instance.ledger).catch(() => undefined);
    },
    signOut(account) {
      for (const { handler } of instances) handler.recheckSessions(account);
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
