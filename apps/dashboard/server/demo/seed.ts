import type { Pool } from 'pg';
import type { Ledger } from 'realtime-credits-server';
import { DAILY_REWARDS } from '../daily/daily-bonus.ts';
import type { Day } from '../daily/day.ts';
import type { Profiles } from '../profiles.ts';
import type { Provisioner } from '../provisioning/provisioner.ts';
import { isSimulator, type Simulator } from '../provisioning/simulator.ts';
import type { Referrals } from '../referrals/referrals.ts';
import type { Servers } from '../servers/servers.ts';
import { FRIEND, PLAYER } from './users.ts';

export interface DemoSeedOptions {
  pool: Pool;
  ledger: Ledger;
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

/**
 * Gives the demo users enough history that their pages are alive, or completes what is missing of it.
 *
 * Every credit moves by the same commands as a person's would. Each has a key of its own: a seed that was interrupted is
 * completed by the next start, and nothing is paid twice. The ledger stamps what happens when it happens: the history is
 * of today, and says so.
 */
export async function seedDemo(options: DemoSeedOptions): Promise<void> {
  const { pool } = options;
  const { rows } = await pool.query(`SELECT 1 FROM dashboard_settings WHERE key = 'demo_seeded'`);
  if (rows.length > 0) return;
  const [player = '', friend = '', admin = ''] = options.ids;
  await seedStreak(options, player);
  await seedMoves(options, { player, friend, admin });
  await seedReferral(options, { player, friend });
  await seedOrders(options, player);
  await pool.query(`INSERT INTO dashboard_settings (key, value) VALUES ('demo_seeded', '1') ON CONFLICT DO NOTHING`);
}

/** Three days in a row up to yesterday: today's claim is open and the track is under way. */
async function seedStreak({ pool, ledger, day, now }: DemoSeedOptions, player: string): Promise<void> {
  const days: string[] = [];
  for (let date = day.before(day.of(now())); days.length < 3; date = day.before(date)) days.unshift(date);
  for (const [index, date] of days.entries()) {
    const amount = DAILY_REWARDS[index] ?? 0;
    const operationId = `demo-daily-${date}`;
    await ledger.grant({
      account: player,
      amount,
      idempotencyKey: operationId,
      actor: 'system:demo',
      claimKey: `daily:${date}`,
      reason: `Daily bonus, day ${index + 1}`,
      metadata: { category: 'earn', action: 'daily' },
    });
    await pool.query(
      `INSERT INTO dashboard_daily_claims (user_id, day, streak, amount, operation_id, claimed_at)
       VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
      [player, date, index + 1, amount, operationId, `${date}T18:2${index}:00Z`],
    );
  }
}

/** Gifts, an event, and credits between friends. */
async function seedMoves(
  { ledger }: DemoSeedOptions,
  { player, friend, admin }: { player: string; friend: string; admin: string },
): Promise<void> {
  const grant = (account: string, key: string, amount: number, reason: string) =>
    ledger.grant({
      account,
      amount,
      idempotencyKey: `demo-${key}`,
      actor: 'system:demo',
      reason,
      metadata: { category: 'system', action: 'gift' },
    });
  await grant(player, 'welcome-player', 500, 'Welcome to the demo');
  await grant(friend, 'welcome-friend', 300, 'Welcome to the demo');
  await grant(admin, 'welcome-admin', 200, 'Welcome to the demo');
  await grant(player, 'event', 250, 'First place in the build contest');
  await ledger.transfer({
    source: friend,
    destination: player,
    amount: 40,
    idempotencyKey: 'demo-map',
    actor: 'system:demo',
    reason: '“for the map”',
    metadata: { category: 'transfers', action: 'send' },
  });
  await ledger.spend({
    account: player,
    amount: 35,
    idempotencyKey: 'demo-backup',
    actor: 'system:demo',
    reason: 'An extra backup',
    metadata: { category: 'servers', action: 'backup' },
  });
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
  const { email, username, name: displayName } = PLAYER;
  const owner = { id: player, email, username, displayName };
  const order = (key: string, name: string, plan: string) =>
    servers.create(owner, key, {
      name,
      server_type_id: 'minecraft',
      server_software_id: 'paper',
      location_id: 'fsn',
      plan_id: plan,
    });
  try {
    provisioner.adjust({ delay_ms: 0, failure: 'none' });
    await order('demo-server-1', 'Harbour Town', 'ember');
    provisioner.adjust({ delay_ms: 0, failure: 'no_node' });
    await order('demo-server-2', 'Skyline Creative', 'blaze').catch(() => undefined);
  } finally {
    provisioner.adjust(settings);
  }
}
