/** What happens to pages, machines, connections and servers while people spend. */
import type { Browser } from '../../../credits/test/support/browser.ts';
import type { Random } from '../../../credits/test/support/random.ts';
import type { Cluster } from './cluster.ts';
import type { CountFault } from './faults.ts';
import type { Network } from './network.ts';
import type { Participant } from './participant.ts';
import type { WriteCoins } from './plain-host.ts';
import type { Disturbance } from './profiles.ts';
import type { Sessions } from './simulate.ts';

export interface DisturbanceOptions {
  browser: Browser;
  random: Random;
  network: Network;
  cluster: Cluster | null;
  sessions: Sessions;
  participants: readonly Participant[];
  /** How a host without versions writes balances. */
  format: { write: WriteCoins };
  /** Others take all that somebody has. */
  empty: () => void;
  log: (what: string) => void;
  count: CountFault;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export const asItIs: WriteCoins = (coins) => coins;
const belowZero: WriteCoins = (coins) => (coins === 0 ? -3 : coins);
const ODD: WriteCoins[] = [
  (coins) => coins + 0.75,
  (coins) => `${coins}.50`,
  belowZero,
  (coins) => (coins % 2 === 0 ? null : 'many'),
];

export function createDisturbances(options: DisturbanceOptions): (what: Disturbance) => void {
  const { browser, random, network, cluster, sessions, participants, format, empty, log, count } = options;

  function signIn(index: number, user: string | null): void {
    const participant = participants[index];
    const left = sessions.user(index);
    sessions.become(index, user);
    sessions.told(index);
    log(`${participant?.name} is now ${user ?? 'nobody'}`);
    const isLeft = participant?.client.getState().account !== user;
    participant?.client.setAccount(user);
    if (isLeft) for (const intention of participant?.begun.values() ?? []) intention.isLeft = true;
    if (left !== null && left !== user) cluster?.signOut(left);
  }

  return (what) => {
    const index = random.between(0, participants.length - 1);
    const participant = participants[index];
    if (participant === undefined) return;
    const { name, tab } = participant;
    const laterMs = random.between(100, 70_000);
    const later = (callback: () => void): void => void browser.setTimer(callback, laterMs);
    const between = (begin: 'hidden' | 'offline' | 'pagehide', end: 'visible' | 'online' | 'pageshow'): void => {
      log(`${name}: ${begin}, for ${laterMs} ms`);
      tab.emit(begin);
      later(() => tab.emit(end));
    };
    switch (what) {
      case 'hide':
        return between('hidden', 'visible');
      case 'offline':
        return between('offline', 'online');
      case 'bfcache':
        return between('pagehide', 'pageshow');
      case 'freeze':
        log(`${name} is frozen for ${laterMs} ms`);
        tab.frozen = true;
        return later(() => (tab.frozen = false));
      case 'sleep':
        log(`the machine sleeps for ${laterMs} ms`);
        return browser.sleep(laterMs);
      case 'clock': {
        const shiftMs = random.between(-7_200_000, 7_200_000);
        log(`the system clock is set by ${shiftMs} ms`);
        return browser.shiftWallClock(shiftMs);
      }
      case 'cut':
        log('connections are cut');
        return network.cut('reset');
      case 'silence':
        log('connections fall silent');
        return network.cut('silent');
      case 'buffer':
        log('a proxy keeps frames to itself');
        network.buffering = true;
        network.cut('reset');
        return later(() => (network.buffering = false));
      case 'slow reader':
        log('readers are slow');
        network.slowMs = random.between(100, 8_000);
        network.cut('reset');
        return later(() => (network.slowMs = 0));
      case 'deny':
        log('the server knows nobody');
        network.denying = 401;
        return void browser.setTimer(() => (network.denying = null), random.between(50, 1_000));
      case 'forbid':
      case 'miss':
        log(`everything is answered ${what === 'forbid' ? 403 : 404}`);
        network.denying = what === 'forbid' ? '403' : '404';
        return void browser.setTimer(() => (network.denying = null), random.between(50, 20_000));
      case 'remount': {
        const goneMs = random.between(0, 3_000);
        log(`${name} navigates for ${goneMs} ms`);
        if (participant.client.getState().fetching) count('a display that goes during its request');
        participant.unmount();
        return void browser.setTimer(participant.mount, goneMs);
      }
      case 'odd coins':
        log('the host writes odd balances');
        format.write = random.pick(ODD);
        if (format.write === belowZero) empty();
        return later(() => (format.write = asItIs));
      case 'kill':
        return cluster?.kill(random.between(100, 10_000));
      case 'outage': {
        if (cluster === null) return;
        // Most end shortly before allowances are refilled, which is at full hours.
        const untilMs = random.pick([0, 1, 1, 2, 9, 40, 150]) * DAY_MS + random.pick([11, 12, 12, 13]) * HOUR_MS;
        const nowMs = cluster.wallMs();
        const ms = Math.max(0, untilMs - (nowMs % DAY_MS) - random.between(-2_000, 20_000));
        log(`all servers are down for ${ms} ms`);
        return cluster.outage(ms, random.between(100, 10_000));
      }
      case 'drain':
        return cluster?.drain();
      case 'backup':
        return cluster?.backup();
      case 'restore':
        return cluster?.restore(random.between(100, 5_000));
      case 'switch':
        return signIn(index, sessions.user(index) === 'ada' ? 'bob' : 'ada');
      case 'sign out': {
        signIn(index, null);
        const user = random.pick(['ada', 'bob']);
        return later(() => signIn(index, user));
      }
    }
  };
}
