import type { ClientBase } from 'pg';
import type { BatchState } from './batch-state.ts';
import { writeAhead, writeBatch } from './batch-write.ts';
import { decide, type Outcome } from './decide.ts';
import { toPayloads } from './hint.ts';
import { createId } from './id.ts';
import type { Intent } from './intent.ts';

/**
 * Decides a batch that was read, writes it and commits. A large one in two parts: the database inserts the rows of the
 * first while this process decides the second, so that neither waits for all of the other's work.
 *
 * Still one transaction on one state, in order of arrival. All locks are held from the read on, balances are written once,
 * at the end, and a part that fails makes the COMMIT behind it a ROLLBACK.
 */

/**
 * Commands of a batch that is written in two halves. Each part costs the database a statement: more of them, or halves of
 * smaller batches, take back what overlapping gives.
 */
const HALVED_FROM = 128;

export interface DecidedBatch {
  outcomes: Outcome[];
  /** What it changed; none where nothing was written, and then nothing was committed either. */
  accounts: string[];
}

/** The caller has read the batch, and gives the client back, with a rollback where this throws. */
export async function commitInParts(
  client: ClientBase,
  intents: readonly Intent[],
  options: { state: BatchState; nowMs: number; notify: { channel: string; sender: string } | null },
): Promise<DecidedBatch> {
  const { state, nowMs, notify } = options;
  const now = new Date(nowMs).toISOString();
  const outcomes: Outcome[] = [];
  const touched = new Set<string>();
  const ahead: Promise<void>[] = [];
  let isWritten = false;
  try {
    for (const { part, isLast } of toParts(intents, 'pipeline' in client && client.pipeline === true)) {
      const decided = decide(part, state, { nowMs, createId: () => createId(nowMs) });
      const { changes } = decided;
      outcomes.push(...decided.outcomes);
      for (const account of changes.accounts) touched.add(account);
      isWritten ||= changes.accounts.size > 0 || changes.operations.length > 0;
      if (!isLast) {
        const sent = writeAhead(client, { changes, state, now });
        sent.catch(() => undefined); // waited for below: until then nobody else listens
        ahead.push(sent);
      } else if (isWritten) {
        const hint = notify && { channel: notify.channel, payloads: toPayloads(notify.sender, [...touched]) };
        const last = { ...changes, accounts: touched };
        ahead.push(writeBatch(client, { changes: last, state, now, notify: hint, end: 'COMMIT' }));
      } else {
        await client.query('ROLLBACK');
      }
    }
  } finally {
    // Also when deciding threw: a client that goes back with statements under way would answer them to somebody else.
    await Promise.allSettled(ahead);
  }
  await Promise.all(ahead);
  return { outcomes, accounts: [...touched] };
}

function toParts(intents: readonly Intent[], isPipelined: boolean): { part: readonly Intent[]; isLast: boolean }[] {
  if (!isPipelined || intents.length < HALVED_FROM) return [{ part: intents, isLast: true }];
  const half = Math.ceil(intents.length / 2);
  return [
    { part: intents.slice(0, half), isLast: false },
    { part: intents.slice(half), isLast: true },
  ];
}
