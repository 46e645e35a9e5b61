import { CreditsError, isCreditsError } from 'realtime-credits/contract';
import type { CommandBase, TransferCommand, TransferReceipt } from '../ledger/commands.ts';
import type { LedgerCommands, VerifyDifference } from '../ledger/ledger.ts';
import { toArrayLiteral } from '../ledger/postgres/array-literal.ts';
import type { SqlClient, SqlPool } from '../ledger/postgres/database.ts';
import { run } from './list.ts';
import { CLEARING, FLOAT, type Member } from './member.ts';
import { readCrossing, toPublicTransfer, withCrossing, type Crossing } from './views.ts';

/**
 * Transfers between two ledgers, of commands that each ledger has anyway:
 *
 * 1. a hold on the sender's ledger, under the key of the transfer, whose destination is the clearing account there;
 * 2. a transfer from the recipient's clearing account, under the id of the hold;
 * 3. the post of the hold.
 *
 * The second one decides. Once it is committed the hold is posted; once it is refused, its key is abandoned and the hold is
 * voided. Each is idempotent by its key, so any process may continue what another one began, at the same time too. An open
 * hold whose destination is the clearing account is the record that says so.
 */

/** As long as a hold can be: one that ended before its post would leave the credits with both. */
const HOLD_MS = 30 * 24 * 60 * 60 * 1_000;

/** A transfer that nobody decided for this long is released and not completed: what follows must not outlast its hold. */
const DECIDED_WITHIN_MS = HOLD_MS / 2;

/** The commands of the ledgers: outside of a transaction of the host, or inside. */
export interface Commands {
  at(position: number): LedgerCommands;
  /** The client of the transaction. */
  readonly client: SqlClient | null;
}

/** A transfer that is under way. */
interface OpenTransfer {
  hold: string;
  position: number;
  amount: number;
  reason: string;
  metadata: Record<string, unknown>;
  crossing: Crossing;
  hasLots: boolean;
  isLate: boolean;
}

export class Transfers {
  readonly #members: readonly Member[];
  readonly #pool: SqlPool;

  constructor(members: readonly Member[], pool: SqlPool) {
    this.#members = members;
    this.#pool = pool;
  }

  /**
   * Moves credits to an account of another ledger.
   *
   * @throws {CreditsError} as a transfer within a ledger, and `operation_abandoned` — the transfer was released before
   */
  async transfer(
    command: TransferCommand,
    { from, to }: { from: number; to: number },
    commands: Commands,
  ): Promise<TransferReceipt> {
    const hold = this.toHold(command, to);
    const held = await commands.at(from).hold(hold);
    const { id } = held.hold;
    const hasLots = await this.#hasLots(from, id, commands);
    const { amount, reason, metadata } = hold;
    const open = {
      hold: id,
      position: from,
      amount,
      reason,
      metadata,
      crossing: readCrossing(metadata),
      hasLots,
      isLate: false,
    };
    const receipt = await this.#finish(open, commands);
    return { ...receipt, idempotencyKey: command.idempotencyKey, replayed: held.replayed };
  }

  /** The hold of a transfer, which has its key and says everything about it. */
  toHold({ source, destination, amount, ...base }: TransferCommand, to: number) {
    const metadata = withCrossing(base.metadata, { source, destination, to, actor: base.actor });
    return { ...base, account: source, amount, destination: CLEARING, expiresAfterMs: HOLD_MS, metadata };
  }

  /**
   * Finishes what processes that died have left behind.
   *
   * @param olderThanMs - Younger ones are left to those who began them.
   */
  async recover(olderThanMs: number, onWarning: (message: string, cause: unknown) => void) {
    const counts = { completed: 0, released: 0 };
    const commands: Commands = { at: (position) => this.#ledger(position), client: null };
    for (const member of this.#members) {
      for (const open of await this.#readOpen(member, olderThanMs)) {
        try {
          await this.#finish(open, commands);
          counts.completed += 1;
        } catch (error) {
          if (isRefusal(error)) counts.released += 1;
          else onWarning(`The transfer of hold ${open.hold} could not be finished. Retrying shortly.`, error);
        }
      }
    }
    return counts;
  }

  /** Compares the clearing accounts with what is under way. On one server that is one instant. */
  async verify(): Promise<VerifyDifference[]> {
    const parts = this.#members.map(({ schema }) => {
      const clearing = `(SELECT number FROM "${schema}".accounts WHERE id = '${CLEARING}')`;
      return `SELECT (SELECT posted FROM "${schema}".accounts WHERE id = '${CLEARING}') AS posted,
        (SELECT coalesce(sum(remaining), 0) FROM "${schema}".holds WHERE remaining > 0 AND destination = ${clearing}) AS open`;
    });
    const rows = await run(this.#pool, parts.join('\nUNION ALL '));
    const sum = (name: string, less: bigint): bigint =>
      rows.reduce((total, row) => total + BigInt(row[name] ?? 0) - less, 0n);
    const missing = -sum('posted', BigInt(FLOAT));
    const open = sum('open', 0n);
    if (missing >= 0n && missing <= open) return [];
    const message = `The clearing accounts lack ${missing} credits, and transfers of ${open} credits between ledgers are under way.`;
    return [{ account: CLEARING, version: null, message }];
  }

  async #finish(open: OpenTransfer, commands: Commands): Promise<TransferReceipt> {
    const { hold, position, amount, reason, metadata, crossing } = open;
    const by = (actor: string, idempotencyKey: string): CommandBase => ({ actor, idempotencyKey, reason, metadata });
    try {
      if (open.hasLots) {
        const message = `Account ${crossing.source} would send credits that expire or have a priority, which only an account of the same ledger can receive.`;
        throw new CreditsError('invalid_request', message, { details: { field: 'destination' } });
      }
      if (open.isLate)
        throw new CreditsError('operation_abandoned', `The transfer of hold ${hold} was not decided in time.`);
      const { destination } = crossing;
      await commands
        .at(crossing.to)
        .transfer({ ...by(CLEARING, hold), source: CLEARING, destination, amount })
        .catch(asLimit);
    } catch (error) {
      // Without a response nobody knows yet. Inside a transaction of the host everything is undone together.
      if (commands.client !== null || !isRefusal(error)) throw error;
      if (!(await this.#wasDecided(open))) {
        await commands
          .at(position)
          .void({ ...by(CLEARING, `void:${hold}`), hold })
          .catch(ignoreResolved);
        if (!isFenced(error)) throw error;
        const message =
          'The recipient moved to another ledger meanwhile, and nothing was sent: repeat it under a new key.';
        throw new CreditsError('operation_abandoned', message, { cause: error });
      }
    }
    const receipt = await commands.at(position).post({ ...by(CLEARING, `post:${hold}`), hold });
    const { idempotencyKey, account, version, balance, replayed } = receipt;
    const transfer = toPublicTransfer(receipt.transfer, position);
    return { idempotencyKey, account, version, balance, replayed, transfer };
  }

  /** Whether the recipient was paid. If not, nobody can pay them any more. */
  async #wasDecided({ hold, crossing }: OpenTransfer): Promise<boolean> {
    const { applied } = await this.#ledger(crossing.to).resolveOperations(CLEARING, [hold]);
    return applied.includes(hold);
  }

  #ledger(position: number) {
    const member = this.#members[position];
    if (member !== undefined) return member.ledger;
    throw new CreditsError('unavailable', `This process does not know ledger ${position} of the list: start it again.`);
  }

  async #hasLots(position: number, hold: string, { client }: Commands): Promise<boolean> {
    const text = `SELECT lots FROM "${this.#members[position]?.schema}".holds WHERE id = $1`;
    return (await run(client ?? this.#pool, text, [hold]))[0]?.['lots'] != null;
  }

  async #readOpen({ schema, position }: Member, olderThanMs: number): Promise<OpenTransfer[]> {
    const s = `"${schema}"`;
    const rows = await run(
      this.#pool,
      `SELECT h.id, h.remaining, h.lots, j.reason, j.metadata,
         h.created_at < now() - $2::bigint * interval '1 millisecond' AS is_late
       FROM ${s}.holds h JOIN ${s}.journal j ON j.hold = h.id AND j.kind = 'hold'
       WHERE h.remaining > 0 AND h.destination = (SELECT number FROM ${s}.accounts WHERE id = $1)
         AND h.created_at <= now() - $3::bigint * interval '1 millisecond'
       ORDER BY h.id LIMIT 1000`,
      [CLEARING, String(DECIDED_WITHIN_MS), String(olderThanMs)],
    );
    return rows.map((row) => {
      const metadata = JSON.parse(row['metadata'] ?? '{}') as Record<string, unknown>;
      return {
        hold: row['id'] ?? '',
        position,
        amount: Number(row['remaining']),
        reason: row['reason'] ?? '',
        metadata,
        crossing: readCrossing(metadata),
        hasLots: row['lots'] != null,
        isLate: row['is_late'] === 't',
      };
    });
  }
}

/** The constraint of a ledger that keeps accounts which left it from being changed: see `move-account.ts`. */
const MOVED = 'accounts_moved';

/** Writes the constraint. Ids of accounts have no quotes. */
export async function fence(client: SqlClient, schema: string, accounts: readonly string[]): Promise<void> {
  await run(client, `ALTER TABLE "${schema}".accounts DROP CONSTRAINT IF EXISTS ${MOVED}`);
  if (accounts.length === 0) return;
  const list = toArrayLiteral('text', accounts);
  await run(
    client,
    `ALTER TABLE "${schema}".accounts ADD CONSTRAINT ${MOVED} CHECK (id <> ALL ('${list}'::text[])) NOT VALID`,
  );
}

/** Whether a change was refused because the account has left the ledger. */
export function isFenced(error: unknown): boolean {
  const { code, constraint } = (error ?? {}) as { code?: unknown; constraint?: unknown };
  return code === '23514' && typeof constraint === 'string' && constraint.startsWith(MOVED);
}

/** Whether repeating the same command cannot succeed, and nothing of it took effect. */
function isRefusal(error: unknown): boolean {
  return isFenced(error) || (isCreditsError(error) && !error.retryable);
}

/** The sender has enough: it is the other ledger that has received more than it sent, by all that its float was. */
function asLimit(error: unknown): never {
  if (!isCreditsError(error) || error.code !== 'insufficient_credits') throw error;
  const message = 'The ledger of the recipient cannot receive so much more than it sends.';
  throw new CreditsError('balance_limit_exceeded', message, { cause: error });
}

function ignoreResolved(error: unknown): void {
  if (!isCreditsError(error) || error.code !== 'hold_already_resolved') throw error;
}
