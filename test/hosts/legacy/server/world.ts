import type { AuthUser } from '../stores/user-store';
import type { Behaviour } from './behaviour';

/**
 * Everything that this host knows, in memory. Coins are plain integers in a record: there is no history, no version and
 * no key by which a command that comes twice could be told from two commands.
 */
export interface Player extends AuthUser {
  password: string;
  hasClaimedDaily: boolean;
  /** Coins that referrals have earned and nobody has claimed. */
  claimable: number;
}

/** What the tests look at, and how they make trouble. */
export interface Trouble {
  /** How each path behaves to this player; what is not in it passes. */
  behaviours: Map<string, Behaviour>;
  /** Requests that are held at a path, by how to let each of them go on. */
  held: Map<string, Set<() => void>>;
  /** Every request of this player that has arrived, oldest first. */
  received: { method: string; path: string }[];
  /** Every number that the coins have been, oldest first. */
  history: number[];
}

interface World {
  players: Map<number, Player>;
  /** The player's id by session token. */
  sessions: Map<string, number>;
  troubles: Map<number, Trouble>;
}

const WORLD = Symbol.for('legacy-host.world');

/** One for the whole process: each route may be a bundle with modules of its own. */
export function readWorld(): World {
  const host = globalThis as unknown as Record<symbol, World | undefined>;
  host[WORLD] ??= { players: new Map(), sessions: new Map(), troubles: new Map() };
  return host[WORLD];
}

export function findTrouble(playerId: number): Trouble {
  const { troubles } = readWorld();
  const trouble = troubles.get(playerId) ?? { behaviours: new Map(), held: new Map(), received: [], history: [] };
  troubles.set(playerId, trouble);
  return trouble;
}

/** The only way in which coins move. */
export function moveCoins(player: Player, delta: number): void {
  player.coins += delta;
  findTrouble(player.id).history.push(player.coins);
}

export function addPlayer(coins: number, role: AuthUser['role']): Player {
  const { players } = readWorld();
  const id = 1_000 + players.size;
  const player: Player = {
    id,
    pterodactyl_uuid: crypto.randomUUID(),
    username: `player${id}`,
    email: `player${id}@legacy.test`,
    first_name: 'Pat',
    last_name: 'Player',
    role,
    verified: true,
    coins,
    created_at: '2026-01-01T00:00:00.000Z',
    password: crypto.randomUUID(),
    hasClaimedDaily: false,
    claimable: 75,
  };
  players.set(id, player);
  findTrouble(id).history.push(coins);
  return player;
}
