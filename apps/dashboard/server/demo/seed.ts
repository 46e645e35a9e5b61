import type { Pool } from 'pg';
import type { Ledger, LedgerOptions } from 'realtime-credits-server';
import { STANDARD_REWARDS } from '../payouts/rewards.ts';
import type { Day } from '../daily/day.ts';
import type { Profiles } from '../profiles.ts';
import type { Provisioner, ServerOrder } from '../provisioning/provisioner.ts';
import { isSimulator, type Simulator } from '../provisioning/simulator.ts';
import type { Referrals } from '../referrals/referrals.ts';
import { findInCatalogue } from '../servers/catalogue.ts';
import { createServerRows } from '../servers/server-rows.ts';
import { SERVERS_MAX, type Servers } from '../servers/servers.ts';
import { FRIEND, PLAYER } from './users.ts';

export interface DemoSeedOptions {
  pool: Pool;
  /** Opens the ledger of the dashboard by another clock. */
  openLedger: (clock: NonNullable<LedgerOptions['clock']>) => Promise<Ledger>;
  profiles: Profiles;
  referrals: Referrals;
  servers: Servers;
  /** Only the simulator is ordered from: a demo costs nobody a real server. */
  provisioner: Provisioner | Simulator;
  day: Day;
  /** Wall-clock milliseconds. */
  now: () => number;
  /** The demo users' ids, in the order of `DEMO_USERS`. */
  ids: readonly string[];
}

const HOUR_MS = 60 * 60 * 1_000;
const DAY_MS = 24 * HOUR_MS;

const MINECRAFT = { server_type_id: 'minecraft', server_software_id: 'paper', location_id: 'fsn' };

const CLOCK: Omit<NonNullable<LedgerOptions['clock']>, 'wallMs'> = {
  setTimer(callback, delayMs) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

/**
 * Gives the demo users enough history that their pages are alive, or completes what is missing of it.
 *
 * Every credit moves by the same commands as a person's would. Each has a key of its own: a seed that was interrupted is
 * completed by the next start, and nothing is paid twice. The history is one of two weeks, by a clock of its own.
 */
export async function seedDemo(options: DemoSeedOptions): Promise<void> {
  const { pool } = options;
  const { rows } = await pool.query(`SELECT 1 FROM dashboard_settings WHERE key = 'demo_seeded'`);
  if (rows.length > 0) return;
  const [player = '', friend = '', admin = ''] = options.ids;
  await seedPast(options, { player, friend, admin });
  await seedHourly(options, player);
  await seedReferral(options, { player, friend });
  await seedOrders(options, player);
  await pool.query(`INSERT INTO dashboard_settings (key, value) VALUES ('demo_seeded', '1') ON CONFLICT DO NOTHING`);
}

interface Ids {
  player: string;
  friend: string;
  admin: string;
}

/** What happened in the two weeks before, oldest first: gifts, two streaks, spending, and credits between friends. */
async function seedPast({ pool, openLedger, day, now }: DemoSeedOptions, ids: Ids): Promise<void> {
  const { player, friend, admin } = ids;
  let instantMs = now();
  const ledger = await openLedger({ ...CLOCK, wallMs: () => instantMs });
  const system = (key: string) => ({ idempotencyKey: `demo-${key}`, actor: 'system:demo' });
  const gift = (account: string, key: string, amount: number, reason: string) =>
    ledger.grant({ ...system(key), account, amount, reason, metadata: { category: 'system', action: 'gift' } });
  const spend = (key: string, amount: number, reason: string) =>
    ledger.spend({ ...system(key), account: player, amount, reason, metadata: { category: 'servers', action: key } });

  async function claim(streak: number): Promise<void> {
    const date = day.of(instantMs);
    const amount = STANDARD_REWARDS.daily[streak - 1] ?? 0;
    const { idempotencyKey, actor } = system(`daily-${date}`);
    await ledger.grant({
      idempotencyKey,
      actor,
      account: player,
      amount,
      claimKey: `daily:${date}`,
      reason: `Daily bonus, day ${streak}`,
      metadata: { category: 'earn', action: 'daily' },
    });
    await pool.query(
      `INSERT INTO dashboard_daily_claims (user_id, day, streak, amount, operation_id, claimed_at)
       VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
      [player, date, streak, amount, idempotencyKey, new Date(instantMs).toISOString()],
    );
  }

  const events: [daysAgo: number, happen: () => Promise<unknown>][] = [
    [14, () => gift(player, 'welcome-player', 500, 'Welcome to the demo')],
    [14, () => gift(friend, 'welcome-friend', 300, 'Welcome to the demo')],
    [14, () => gift(admin, 'welcome-admin', 200, 'Welcome to the demo')],
    [13, () => claim(1)],
    [12, () => claim(2)],
    [12, () => spend('disk', 80, 'More disk for a week')],
    [11, () => claim(3)],
    [
      11,
      () =>
        ledger.transfer({
          ...system('map'),
          source: friend,
          destination: player,
          amount: 40,
          reason: '“for the map”',
          metadata: { category: 'transfers', action: 'send' },
        }),
    ],
    [10, () => claim(4)],
    [9, () => spend('plugin', 50, 'A plugin, installed')],
    [7, () => gift(player, 'event', 250, 'First place in the build contest')],
    [5, () => spend('backup', 35, 'An extra backup')],
    [3, () => claim(1)],
    [2, () => claim(2)],
    // Today's claim is open and the track is under way.
    [1, () => claim(3)],
  ];
  try {
    for (const [daysAgo, happen] of events) {
      instantMs = now() - daysAgo * DAY_MS;
      await happen();
    }
  } finally {
    await ledger.close();
  }
  await pool.query(`UPDATE "user" SET "createdAt" = $1 WHERE id = ANY($2)`, [
    new Date(now() - 14 * DAY_MS).toISOString(),
    [player, friend, admin],
  ]);
}

/** How many hours each run of the server by the hour took, until now. */
const RUNS_H = [6, 7, 5.2, 3.1];

/**
 * A server that was ordered yesterday and runs by the hour. Its history is one transaction: the ledger of the dashboard,
 * whose clock is the present, charges nothing in between.
 */
async function seedHourly({ pool, openLedger, provisioner, now }: DemoSeedOptions, player: string): Promise<void> {
  const request = { ...MINECRAFT, name: 'Survival world', plan_id: 'ember' };
  const choice = findInCatalogue(request);
  const perHour = choice?.plan.per_hour ?? null;
  if (!isSimulator(provisioner) || choice === null || perHour === null) return;
  let instantMs = now() - RUNS_H.reduce((sum, hours) => sum + hours, 0) * HOUR_MS;
  const externalId = 'credits-demo-hourly';
  const { panelId } = await provisioner.create({
    externalId,
    name: request.name,
    owner: toOwner(player),
    nest: choice.software.nest,
    egg: choice.software.egg,
    location: choice.location,
    plan: choice.plan,
  });
  const rows = createServerRows(pool, () => instantMs);
  const ledger = await openLedger({ ...CLOCK, wallMs: () => instantMs });
  const base = { account: player, actor: 'system:demo', metadata: { category: 'servers' } };
  const terms = { resource: request.name, amount: perHour, per: 'hour' } as const;
  const server = { userId: player, operationId: 'demo-server-hourly', request, externalId };
  try {
    await ledger.transaction(async ({ client, ledger: joined }) => {
      const prices = { planCost: perHour, setupFee: 0, perHour };
      const row = await rows.insert({ ...server, ...prices }, SERVERS_MAX, client);
      let running = row === null ? null : await rows.move(row, 'running', { panelId }, client);
      for (const [index, hours] of [...RUNS_H, 0].entries()) {
        if (running === null) return;
        const idempotencyKey = `demo-hourly-${index}`;
        if (running.rateId !== null) {
          const rate = running.rateId;
          await joined.stopRate({ ...base, rate, idempotencyKey: `${idempotencyKey}-stop`, reason: 'Server stopped' });
        }
        const minimum = index === 0 ? perHour : 0;
        const started = await joined.startRate({
          ...base,
          ...terms,
          minimum,
          idempotencyKey,
          reason: 'Server started',
        });
        running = await rows.setPower(running, { powered: true, rateId: started.rate.id }, client);
        instantMs += hours * HOUR_MS;
      }
    });
  } finally {
    await ledger.close();
  }
}

/** The friend came by the player's link, and has been here since: the reward waits to be claimed. */
async function seedReferral(
  { profiles, referrals }: DemoSeedOptions,
  { player, friend }: { player: string; friend: string },
): Promise<void> {
  const { referralCode } = await profiles.read(player);
  for (const address of ['192.0.2.11', '192.0.2.12', '192.0.2.13']) {
    await referrals.recordClick(referralCode, { address, userId: null });
  }
  await referrals.recordSignup({ id: friend, email: FRIEND.email }, referralCode);
  await referrals.qualify(friend);
}

/** One server that runs, and one that no node had room for: its credits came back. */
async function seedOrders({ servers, provisioner }: DemoSeedOptions, player: string): Promise<void> {
  if (!isSimulator(provisioner)) return;
  const settings = provisioner.readSettings();
  const owner = toOwner(player);
  const order = (key: string, name: string, plan: string) =>
    servers.create(owner, key, {
      ...MINECRAFT,
      name,
      plan_id: plan,
    });
  try {
    provisioner.adjust({ delay_ms: 0, failure: 'none' });
    await order('demo-server-1', 'Harbour Town', 'spark');
    provisioner.adjust({ delay_ms: 0, failure: 'no_node' });
    await order('demo-server-2', 'Skyline Creative', 'blaze').catch(() => undefined);
  } finally {
    provisioner.adjust(settings);
  }
}

function toOwner(id: string): ServerOrder['owner'] {
  const { email, username, name: displayName } = PLAYER;
  return { id, email, username, displayName };
}
