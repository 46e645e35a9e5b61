import { isCreditsError } from 'realtime-credits/contract';
import type { CommandBase, Receipt } from '../../src/ledger/commands.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { createRandom, type Random } from '../../../credits/test/support/random.ts';

/**
 * A mixed load from a seed: grants, spends, transfers, holds, posts, voids, reversals, the same key again, and commands
 * that must be refused. Each worker draws from a seed of its own, and what it tries does not depend on how the
 * workers take turns; only the ids of holds and transfers come from the ledger.
 */

/** A command as it is written down before it is tried: another process can then try it again. */
export type LoadCommand = CommandBase &
  (
    | { kind: 'grant' | 'spend'; account: string; amount: number }
    | { kind: 'transfer'; source: string; destination: string; amount: number }
    | { kind: 'hold'; account: string; amount: number; expiresAfterMs: number }
    | { kind: 'post'; hold: string; amount?: number }
    | { kind: 'void'; hold: string }
    | { kind: 'reverse'; transfer: string }
  );

/** What the load says, in the order in which it happens. */
export type LoadWord =
  | { word: 'asked'; command: LoadCommand; times: number }
  | { word: 'acknowledged'; key: string; receipt: Receipt }
  | { word: 'refused'; key: string; code: string }
  /** Its outcome is unknown: neither acknowledged nor refused. */
  | { word: 'unavailable'; key: string; message: string }
  /** Its answer had been lost, and it is refused now that it is tried again: it never took effect. */
  | { word: 'forgotten'; key: string }
  | { word: 'checked'; problems: string[]; survived: number }
  | { word: 'reached'; phase: 'started' | 'open' | 'ready' | 'checkpoint' };

export const ACCOUNTS = Array.from({ length: 8 }, (_, index) => `user:${index}`);

const WORKERS = 12;

/** A worker waits this long when the database is away: otherwise it would make commands that nobody can take. */
const PAUSE_MS = 20;

/** Ids that a worker picks from: the newest are the likeliest to be in motion. */
const REMEMBERED_MAX = 40;

/** What the load needs of a ledger, which may be on the other side of a network. */
export type LoadLedger = Pick<Ledger, LoadCommand['kind']>;

/** Tries one command. */
export function run(ledger: LoadLedger, { kind, ...command }: LoadCommand): Promise<Receipt> {
  // Each kind is the name of the method that takes it.
  const method = ledger[kind] as (command: unknown) => Promise<Receipt>;
  return method(command);
}

/**
 * Runs the load until `isOver` says so, and publishes a word before and after each command.
 * @param options.prefix - Begins every key: no two runs share one.
 */
export async function runLoad(
  ledger: LoadLedger,
  options: {
    seed: number;
    prefix: string;
    holds: readonly string[];
    publish: (word: LoadWord) => void;
    isOver?: () => boolean;
  },
): Promise<void> {
  const { seed, prefix, publish, isOver = () => false } = options;
  const holds = [...options.holds];
  const transfers: string[] = [];

  async function work(worker: number): Promise<void> {
    const random = createRandom(seed * 1_000 + worker);
    for (let count = 0; !isOver(); count += 1) {
      const command = draw(random, { key: `${prefix}-${worker}-${count}`, holds, transfers });
      const times = random.chance(0.1) ? 2 : 1;
      publish({ word: 'asked', command, times });
      await Promise.all(Array.from({ length: times }, () => attempt(command)));
    }
  }

  async function attempt(command: LoadCommand): Promise<void> {
    const key = command.idempotencyKey;
    try {
      const receipt = await run(ledger, command);
      publish({ word: 'acknowledged', key, receipt });
      if ('transfer' in receipt && receipt.transfer !== null) remember(transfers, receipt.transfer.id);
      if ('hold' in receipt && receipt.hold.remaining > 0) remember(holds, receipt.hold.id);
    } catch (error) {
      if (!isCreditsError(error)) throw error;
      if (error.code === 'unavailable') {
        publish({ word: 'unavailable', key, message: error.message });
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      } else publish({ word: 'refused', key, code: error.code });
    }
  }

  await Promise.all(Array.from({ length: WORKERS }, (_, worker) => work(worker)));
}

function draw(
  random: Random,
  known: { key: string; holds: readonly string[]; transfers: readonly string[] },
): LoadCommand {
  const account = random.pick(ACCOUNTS);
  const base = { actor: account, reason: 'Load', idempotencyKey: known.key, metadata: { key: known.key } };
  const amount = random.between(1, 40);
  const kind = random.pick([
    'grant',
    'grant',
    'spend',
    'spend',
    'transfer',
    'hold',
    'post',
    'void',
    'reverse',
  ] as const);
  if (kind === 'transfer') {
    return { ...base, kind, source: account, destination: `user:${random.between(0, 9)}`, amount };
  }
  if (kind === 'hold') return { ...base, kind, account, amount, expiresAfterMs: random.pick([1_000, 60_000, 600_000]) };
  if (kind === 'post' && known.holds.length > 0) {
    return { ...base, kind, hold: random.pick(known.holds), ...(random.chance(0.5) ? { amount } : {}) };
  }
  if (kind === 'void' && known.holds.length > 0) return { ...base, kind, hold: random.pick(known.holds) };
  if (kind === 'reverse' && known.transfers.length > 0) {
    return { ...base, kind, transfer: random.pick(known.transfers) };
  }
  return {
    ...base,
    kind: kind === 'grant' ? kind : 'spend',
    account,
    amount: random.chance(0.05) ? 1_000_000 : amount,
  };
}

function remember(ids: string[], id: string): void {
  ids.push(id);
  if (ids.length > REMEMBERED_MAX) ids.shift();
}
