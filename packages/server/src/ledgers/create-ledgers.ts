import { SYSTEM_CLOCK } from '../clock.ts';
import type { ActivityReader } from '../ledger/activity.ts';
import { createLedger, type LedgerOptions } from '../ledger/create-ledger.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { OperatorReader } from '../ledger/operator.ts';
import { createActivityReader } from '../ledger/postgres/activity-reads.ts';
import { groupFaults } from '../ledger/postgres/group-faults.ts';
import { createOperatorReader } from '../ledger/postgres/operator-reads.ts';
import { toCreditsError } from '../ledger/postgres/sql-error.ts';
import { Directory } from './directory.ts';
import { checkList, joinList } from './list.ts';
import { CLEARING, FLOAT, MOVER, type Member } from './member.ts';
import { moveAccount, type MoveReport } from './move-account.ts';
import type { Routing } from './route-commands.ts';
import { createRoutedLedger } from './routed-ledger.ts';
import { createRoutedActivity, createRoutedOperator } from './routed-readers.ts';
import { Transfers } from './transfers.ts';

export interface LedgersOptions extends Omit<LedgerOptions, 'schema'> {
  /**
   * The schema of each ledger, in the order of the stored list. A list grows at its end only: a schema that is added is
   * created if it is missing, and moves no account. @default the stored list
   */
  schemas?: readonly string[];
  /** The schema of the list itself, and of the place of each account. @default 'credits_ledgers' */
  directory?: string;
  /** Milliseconds between two looks for transfers that a process which died left behind; 0: none. @default 5_000 */
  recoverEveryMs?: number;
  /** For tests: puts something between the ledgers and what is made of them. */
  wrapLedger?: (ledger: Ledger, schema: string) => Ledger;
}

/**
 * Several ledgers as one. Commands, reads and streams of an account touch its ledger only.
 *
 * Different from one ledger:
 * - An idempotency key belongs to its actor on each ledger: two ledgers accept the same key of one actor.
 * - A transfer between two ledgers is not one transaction, outside of {@link Ledger.transaction}. It ends within seconds,
 *   also when its process dies. When it is refused after its hold, its key is used up (`operation_abandoned`).
 * - `invalid_request`: credits that expire or have a priority cannot be sent to another ledger, a hold cannot have a
 *   destination there, and a transfer between two ledgers cannot be reversed.
 */
export interface Ledgers extends Ledger {
  /** The schemas, in order. */
  readonly schemas: readonly string[];
  readonly operator: OperatorReader;
  readonly activity: ActivityReader;
  /** The schema of the ledger that an account is on, or would be. */
  schemaOf(account: string): Promise<string>;
  /**
   * Moves an account with its history to another ledger. Repeating it does nothing more.
   *
   * @throws {CreditsError} `account_in_use` — it has open holds, rates, allowances or more than 100 lots;
   * `account_not_found`; `invalid_request` — no such ledger; `unavailable` — the account changes too often
   */
  moveAccount(options: { account: string; schema: string; reason?: string }): Promise<MoveReport>;
  /**
   * Finishes transfers between ledgers that were left behind, now.
   *
   * @param options.olderThanMs - @default 10_000: younger ones are left to those who began them
   */
  recoverTransfers(options?: { olderThanMs?: number }): Promise<{ completed: number; released: number }>;
}

/** A process that is alive ends its transfers sooner. */
const LEFT_BEHIND_MS = 10_000;

/**
 * Opens several ledgers of one database as one. Close them before their database.
 *
 * @example
 * const database = await openDatabase({ url: process.env.DATABASE_URL });
 * const ledger = await createLedgers({ database, schemas: ['ledger_a', 'ledger_b'] });
 *
 * @throws {CreditsError} `invalid_request` — the list differs from the stored one in more than new schemas at its end, a
 * schema belongs to another list, or two ledgers have the same account: nothing is written
 * @throws {CreditsError} as `createLedger`
 */
export async function createLedgers(options: LedgersOptions): Promise<Ledgers> {
  const { schemas: asked, directory: name = 'credits_ledgers', recoverEveryMs = 5_000, wrapLedger, ...each } = options;
  const { database } = options;
  const pool = 'pool' in database ? database.pool : database;
  const onWarning = groupFaults(options.onWarning ?? (() => undefined));
  const schemas = await checkList(pool, name, asked).catch((error: unknown) => {
    throw toCreditsError(error);
  });
  const members: Member[] = [];
  const closeAll = async (): Promise<void> => {
    for (const { ledger } of members.toReversed()) await ledger.close();
  };
  try {
    for (const [position, schema] of schemas.entries()) {
      const opened = await createLedger({ ...each, onWarning, schema });
      members.push({
        position,
        schema,
        ledger: opened,
        operator: createOperatorReader(pool, { schema }),
        activity: createActivityReader(pool, { schema }),
        joinedAtMs: 0,
      });
      const { transfer } = await opened.grant({
        account: CLEARING,
        amount: FLOAT,
        actor: MOVER,
        reason: 'What the clearing account begins with',
        idempotencyKey: 'float',
      });
      const ledger = wrapLedger?.(opened, schema) ?? opened;
      members[position] = { ...(members[position] as Member), ledger, joinedAtMs: Date.parse(transfer.createdAt) };
    }
    const epoch = await joinList(pool, name, members);
    const directory = new Directory(pool, { name, schemas });
    const transfers = new Transfers(members, pool);
    const routing: Routing = { members, directory, transfers, pool };
    const routed = createRoutedLedger(routing, { epoch, directoryName: name });
    const recover = ({ olderThanMs = LEFT_BEHIND_MS } = {}) => transfers.recover(olderThanMs, onWarning);

    let stopTimer: () => void = () => undefined;
    let recovering: Promise<unknown> = Promise.resolve();
    let isClosed = false;
    const schedule = (): void => {
      if (isClosed || recoverEveryMs === 0) return;
      stopTimer = SYSTEM_CLOCK.setTimer(() => {
        const report = (error: unknown): void => onWarning('Transfers between ledgers could not be looked for.', error);
        recovering = recover().catch(report).finally(schedule);
      }, recoverEveryMs);
    };
    schedule();

    return Object.freeze<Ledgers>(
      Object.defineProperties({} as Ledgers, {
        ...Object.getOwnPropertyDescriptors(routed),
        ...Object.getOwnPropertyDescriptors({
          schemas,
          operator: createRoutedOperator(routing),
          activity: createRoutedActivity(routing),
          schemaOf: async (account: string) => schemas[(await directory.reread(account)).position] ?? '',
          moveAccount: (move: { account: string; schema: string; reason?: string }) => moveAccount(routing, move),
          recoverTransfers: recover,
          async close() {
            isClosed = true;
            stopTimer();
            await recovering;
            await closeAll();
          },
        }),
      }),
    );
  } catch (error) {
    await closeAll();
    throw toCreditsError(error);
  }
}

export type { MoveReport };
