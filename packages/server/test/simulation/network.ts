/**
 * The way between a tab and the host, where everything goes wrong that does: loss in either direction, delays, requests
 * that arrive twice, a proxy's error pages, answers that never come, proxies that keep frames to themselves, slow readers,
 * connections that are cut or fall silent, and frames that still arrive of connections that are dead.
 */
import type { Fetch, Tab } from '../../../credits/test/support/browser.ts';
import type { Browser } from '../../../credits/test/support/browser.ts';
import type { Random } from '../../../credits/test/support/random.ts';
import type { Host } from './cluster.ts';
import type { CountFault } from './faults.ts';
import { createAnswer, createStreamAnswer, type StreamEnd } from './wire.ts';

export interface Network {
  /** How a tab reaches the host, with whatever session it has when the request leaves. */
  fetchFrom(tab: () => Tab, session: () => string | null, name: string): Fetch;
  /** Whether a request of this intention is still out, or being answered. */
  isOut(tag: string): boolean;
  /** Grows when a request is done. */
  readonly revision: number;
  readonly out: number;
  /** Ends the streams: visibly, or without either side noticing. */
  cut(how: StreamEnd): void;
  /** Connections opened from now on are kept by a proxy, or not. */
  buffering: boolean;
  /** Readers take a frame only after so many milliseconds. */
  slowMs: number;
  /** The status that everything is answered with for a moment: by a server that is starting, a firewall, a deployment. */
  denying: 401 | '403' | '404' | null;
  calm(): void;
}

export interface NetworkOptions {
  browser: Browser;
  random: Random;
  host: Host;
  /** Share of exchanges that go wrong. */
  loss: number;
  log: (what: string) => void;
  count: CountFault;
}

const FATES = ['lost', 'answer lost', 'answer lost', 'twice', 'hangs', 'bad gateway', 'bad answer', 'later'] as const;
type Fate = (typeof FATES)[number] | 'delivered';

const PAGE = '<!doctype html><title>502</title><h1>Bad gateway</h1>';

export function createNetwork({ browser, random, host, loss, log, count }: NetworkOptions): Network {
  const out = new Map<string, number>();
  const streams = new Set<(how: StreamEnd) => void>();
  let faulty = true;
  let total = 0;
  let revision = 0;

  function begin(tag: string | null): () => void {
    total += 1;
    if (tag !== null) out.set(tag, (out.get(tag) ?? 0) + 1);
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      total -= 1;
      revision += 1;
      if (tag !== null) out.set(tag, (out.get(tag) ?? 1) - 1);
    };
  }

  function exchange(
    tab: Tab,
    session: string | null | (() => string | null),
    name: string,
    url: string,
    init: RequestInit,
  ) {
    // Each exchange draws its own: what happens at one instant may happen in any order, and changes no other exchange.
    const own = random.fork();
    const travel = (): number => own.between(1, faulty && own.chance(0.1) ? 3_000 : 200);
    const tag = new URL(url, 'https://panel.example').searchParams.get('tag');
    const method = init.method ?? 'GET';
    const fate: Fate = faulty && own.chance(loss) ? own.pick(FATES) : 'delivered';
    const isStream = url.endsWith('/stream');
    log(`${name} ${method} ${url}${fate === 'delivered' ? '' : ` (${fate})`}`);
    const whose = typeof session === 'function' ? session : () => session;
    const signal = new AbortController();
    let die = (): void => undefined;

    return new Promise<Response>((resolve, reject) => {
      const toTab = (deliver: () => void): void => void tab.whenThawed().then(deliver);
      const answered = (response: Response): void => toTab(() => resolve(response));
      const failed = (why: string): void => toTab(() => reject(new TypeError(why)));
      init.signal?.addEventListener('abort', () => {
        reject(new DOMException('Aborted', 'AbortError'));
        browser.setTimer(() => signal.abort(), travel());
      });

      // Only what carries its id can be found out about later: a plain fetch that was given up is given up.
      const isFindable = tag?.startsWith('m') === true;
      let refused = false;
      let repeated = (): void => undefined;
      async function arrive(first: boolean, done: () => void): Promise<void> {
        // Repeated on the way is what was lost there, never what was refused: a refusal leaves no key that would say so again.
        if (refused) return done();
        const { denying } = network;
        if (denying !== null) {
          done();
          refused = true;
          repeated();
          if (!first) return;
          if (denying !== 401) count(denying);
          return void browser.setTimer(() => answered(createAnswer(Number(denying), 'text/html', PAGE)), travel());
        }
        let response: Response;
        let text = '';
        try {
          response = await host.answer({
            url,
            method,
            headers: (init.headers ?? {}) as Record<string, string>,
            body: typeof init.body === 'string' ? init.body : null,
            session: whose,
            signal: signal.signal,
            died: () => die(),
          });
          if (!isStream || response.status !== 200) text = await response.text();
        } catch {
          // The answering instance is gone: the connection is reset, or the proxy in front says so.
          done();
          if (!first) return;
          const proxied = own.chance(0.5);
          return void browser.setTimer(
            () => (proxied ? answered(createAnswer(502, 'text/html', PAGE)) : failed('Connection reset')),
            travel(),
          );
        }
        done();
        refused = response.status >= 400;
        if (refused) repeated();
        if (!first || fate === 'answer lost') return;
        if (fate === 'bad answer' && !isStream) {
          return void browser.setTimer(() => answered(createAnswer(502, 'text/html', PAGE)), travel());
        }
        if (isStream && response.status === 200 && response.body !== null) {
          const answer = createStreamAnswer(response.body, {
            browser,
            tab,
            slowMs: network.slowMs,
            buffering: network.buffering,
            travel: () => own.between(1, faulty && own.chance(0.05) ? 2_000 : 60),
            split: () => (faulty && own.chance(0.1) ? own.next() : null),
            abortServer: () => signal.abort(),
          });
          init.signal?.addEventListener('abort', () => answer.end('left'));
          streams.add(answer.end);
          die = () => answer.end(own.chance(0.8) ? 'reset' : 'silent');
          return void browser.setTimer(() => answered(answer.response), travel());
        }
        const type = response.headers.get('content-type') ?? '';
        const retryAfter = response.headers.get('retry-after');
        const { status } = response;
        browser.setTimer(() => answered(createAnswer(status, type, text, retryAfter)), travel());
      }

      if (fate === 'lost') {
        if (own.chance(0.5)) browser.setTimer(() => failed('Network unreachable'), travel());
        return;
      }
      if (fate === 'bad gateway') {
        return void browser.setTimer(() => answered(createAnswer(502, 'text/html', PAGE)), travel());
      }
      const isLate = fate === 'later' && isFindable;
      const done = begin(tag);
      const outMs = travel() + (isLate ? own.between(5_000, 25_000) : 0);
      browser.setTimer(() => void arrive(fate !== 'hangs', done), outMs);
      if (fate !== 'twice' || !isFindable) return;
      repeated = begin(tag);
      browser.setTimer(() => void arrive(false, repeated), outMs + travel());
    });
  }

  const network: Network = {
    buffering: false,
    slowMs: 0,
    denying: null,
    fetchFrom: (tab, session, name) => (url, init) => {
      // A cookie leaves with the request; a stream's is asked for again while it is open.
      const now = session();
      return exchange(tab(), url.endsWith('/stream') ? () => (session() === now ? now : null) : now, name, url, init);
    },
    isOut: (tag) => (out.get(tag) ?? 0) > 0,
    get revision() {
      return revision;
    },
    get out() {
      return total;
    },
    cut(how) {
      for (const end of streams) end(how);
      streams.clear();
    },
    calm() {
      faulty = false;
      network.buffering = false;
      network.denying = null;
      network.slowMs = 0;
    },
  };
  return network;
}
