import { release, type Behaviour } from './behaviour';
import { endSessions } from './sessions';
import { addPlayer, findTrouble, moveCoins, readWorld } from './world';

/** What the tests ask of the host behind its back. `player` is an id. */
export type Order =
  | { do: 'sign-up'; coins: number; role: 0 | 1 }
  | { do: 'behave'; player: number; path: string; behaviour: Behaviour }
  | { do: 'release'; player: number; path: string }
  | { do: 'grant'; player: number; amount: number }
  | { do: 'end-session'; player: number }
  | { do: 'look'; player: number };

/** What a look shows. */
export interface Sight {
  coins: number;
  history: number[];
  received: { method: string; path: string }[];
  /** How many requests are held, by path. */
  held: Record<string, number>;
}

/** Carries out an order. Null where the player does not exist. */
export function obey(order: Order): unknown {
  if (order.do === 'sign-up') return addPlayer(order.coins, order.role);
  const player = readWorld().players.get(order.player);
  if (player === undefined) return null;
  const trouble = findTrouble(player.id);
  switch (order.do) {
    case 'behave':
      trouble.behaviours.set(order.path, order.behaviour);
      return {};
    case 'release':
      trouble.behaviours.delete(order.path);
      return { released: release(trouble, order.path) };
    case 'grant':
      moveCoins(player, order.amount);
      return {};
    case 'end-session':
      endSessions(player.id);
      return {};
    case 'look': {
      const held = Object.fromEntries([...trouble.held].map(([path, requests]) => [path, requests.size]));
      return { coins: player.coins, history: trouble.history, received: trouble.received, held } satisfies Sight;
    }
  }
}
