/** What a family of schedules is made of. */
export interface Profile {
  /** What it is about, for people. */
  about: string;
  versioned: boolean;
  tabs: number;
  instances: number;
  /** Share of exchanges that go wrong. */
  loss: number;
  /** Whether statements of the database take time: instances then conflict and die in the middle. */
  slow: boolean;
  /** Who is signed in: with more than one, tabs have sessions of their own and change them. */
  users: readonly string[];
  /** Whether answers to purchases around a plain fetch take longer than every time limit of the client. */
  slowPanel?: boolean;
  /** Whether grants of others expire or have a priority. */
  expiring?: boolean;
  /** Whether rates are started and stopped. */
  burning?: boolean;
  /** Whether allowances are started, changed and stopped. */
  refilling?: boolean;
  /** How far the clocks of servers may be from the right one. */
  skewMs?: number;
  /** What happens besides commands. */
  disturbances: readonly Disturbance[];
}

export const PAGE = ['hide', 'offline', 'bfcache', 'freeze', 'sleep', 'clock'] as const;
export const WIRE = ['cut', 'silence', 'buffer', 'slow reader', 'deny'] as const;
export const SERVERS = ['kill', 'drain'] as const;
/** What firewalls, deployments and navigations do. */
export const SITE = ['forbid', 'miss', 'remount', 'remount'] as const;
export type Disturbance =
  | (typeof PAGE)[number]
  | (typeof WIRE)[number]
  | (typeof SERVERS)[number]
  | (typeof SITE)[number]
  | 'odd coins'
  | 'outage'
  | 'backup'
  | 'restore'
  | 'switch'
  | 'sign out';

const ADA = ['ada'] as const;

export const PROFILES: Record<string, Profile> = {
  'one-tab': {
    about: 'one tab, one server',
    versioned: true,
    tabs: 1,
    instances: 1,
    loss: 0.2,
    slow: false,
    users: ADA,
    disturbances: [...PAGE, ...WIRE, 'drain'],
  },
  tabs: {
    about: 'three tabs of one browser, two servers whose hints get lost',
    versioned: true,
    tabs: 3,
    instances: 2,
    loss: 0.15,
    slow: false,
    users: ADA,
    disturbances: [...PAGE, ...PAGE, ...WIRE, 'drain'],
  },
  servers: {
    about: 'two tabs, three servers on a slow database, killed in the middle of their statements',
    versioned: true,
    tabs: 2,
    instances: 3,
    loss: 0.1,
    slow: true,
    users: ADA,
    disturbances: ['freeze', 'cut', 'silence', 'deny', ...SERVERS, 'kill', 'kill'],
  },
  restored: {
    about: 'two tabs, two servers, a database that is restored from backups',
    versioned: true,
    tabs: 2,
    instances: 2,
    loss: 0.1,
    slow: false,
    users: ADA,
    disturbances: ['freeze', 'bfcache', 'cut', 'silence', 'kill', 'backup', 'restore', 'restore'],
  },
  lots: {
    about: 'two tabs, three servers on a slow database, credits that expire while they are spent and held',
    versioned: true,
    tabs: 2,
    instances: 3,
    loss: 0.1,
    slow: true,
    users: ADA,
    expiring: true,
    disturbances: ['freeze', 'cut', 'silence', 'backup', 'restore', ...SERVERS, 'kill'],
  },
  rates: {
    about: 'two tabs, three servers on a slow database, rates that run out while credits are spent, held and expire',
    versioned: true,
    tabs: 2,
    instances: 3,
    loss: 0.1,
    slow: true,
    users: ADA,
    expiring: true,
    burning: true,
    disturbances: ['freeze', 'cut', 'silence', 'backup', 'restore', ...SERVERS, 'kill'],
  },
  allowances: {
    about:
      'two tabs, three servers whose clocks disagree and which are down for days, credits that are refilled and expire',
    versioned: true,
    tabs: 2,
    instances: 3,
    loss: 0.1,
    slow: true,
    users: ADA,
    expiring: true,
    refilling: true,
    skewMs: 3_000,
    disturbances: ['freeze', 'cut', 'silence', 'kill', 'outage', 'outage', 'outage', 'outage', 'outage'],
  },
  'allowances-and-rates': {
    about: 'the same with rates, which use what is refilled',
    versioned: true,
    tabs: 2,
    instances: 3,
    loss: 0.1,
    slow: true,
    users: ADA,
    expiring: true,
    burning: true,
    refilling: true,
    skewMs: 3_000,
    disturbances: ['freeze', 'cut', 'backup', 'restore', 'kill', 'outage', 'outage', 'outage'],
  },
  'expiring-accounts': {
    about: 'two tabs of two people with credits that expire, two servers whose hints get lost',
    versioned: true,
    tabs: 2,
    instances: 2,
    loss: 0.1,
    slow: false,
    users: ['ada', 'bob'],
    expiring: true,
    disturbances: ['freeze', 'hide', 'cut', 'kill', 'drain', 'switch'],
  },
  accounts: {
    about: 'three tabs of two people, who sign out and in as each other',
    versioned: true,
    tabs: 3,
    instances: 2,
    loss: 0.1,
    slow: false,
    users: ['ada', 'bob'],
    disturbances: ['freeze', 'bfcache', 'cut', 'deny', 'switch', 'switch', 'sign out', 'sign out'],
  },
  unversioned: {
    about: 'one tab of a host without versions',
    versioned: false,
    tabs: 1,
    instances: 1,
    loss: 0.2,
    slow: false,
    users: ADA,
    disturbances: [...PAGE, 'deny'],
  },
  'unversioned-tabs': {
    about: 'two tabs of a host without versions',
    versioned: false,
    tabs: 2,
    instances: 1,
    loss: 0.15,
    slow: false,
    users: ADA,
    disturbances: [...PAGE, 'deny'],
  },
  'slow-panel': {
    about: 'one tab of a host without versions whose panel takes up to a minute, behind a firewall, with odd balances',
    versioned: false,
    tabs: 1,
    instances: 1,
    loss: 0.1,
    slow: false,
    users: ADA,
    slowPanel: true,
    disturbances: [...SITE, 'odd coins', 'odd coins', 'hide', 'offline', 'freeze', 'deny'],
  },
  'slow-panel-ledger': {
    about: 'two tabs of a host with a ledger whose panel takes up to a minute, behind a firewall',
    versioned: true,
    tabs: 2,
    instances: 1,
    loss: 0.1,
    slow: false,
    users: ADA,
    slowPanel: true,
    disturbances: [...SITE, 'cut', 'silence', 'buffer', 'hide', 'freeze', 'deny'],
  },
};

export function findProfile(name: string): Profile {
  const profile = PROFILES[name];
  if (profile !== undefined) return profile;
  throw new Error(`There is no profile "${name}". There are: ${Object.keys(PROFILES).join(', ')}, all.`);
}
