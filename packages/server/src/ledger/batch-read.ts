import type { ClientBase, QueryResult } from 'pg';
import { type Hold, type HoldState, toBalance, type Transfer } from 'realtime-credits/contract';
import { scopedKey, type BatchState } from './batch-state.ts';
import type { Receipt } from './command.ts';
import { HOUSE_ISSUED, isHouse, type Intent } from './intent.ts';
import { roundTrip } from './round-trip.ts';
import {
  HOLD_COLUMNS,
  toHold,
  toInteger,
  toTransfer,
  TRANSFER_COLUMNS,
  type HoldRow,
  type TransferRow,
} from './rows.ts';

/**
 * The first round trip of a batch: locks every account that its commands can touch, in id order and all at once (L-7),
 * then reads what they are decided on. Separate statements, because a sub-select inside `FOR UPDATE` is evaluated again
 * for each row after a lock wait; sent together, because each wait costs as much as the work.
 */

/**
 * How the statements of a batch are planned. Index lookups only: a plan made while a table was empty would scan it for as
 * long as the connection lives. And once for each connection: Postgres would plan anew for every batch, as arrays that it
 * can count look cheaper than the ten elements that it assumes otherwise, and that costs a lone command more than its work.
 */
export const PLANNER = {
  enable_seqscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  plan_cache_mode: 'force_generic_plan',
} as const;

/** To be sent in one message with what begins the batch. */
export const PLAN_ONCE = Object.entries(PLANNER)
  .map(([name, value]) => `SET LOCAL ${name} = ${value}`)
  .join('; ');

const BEGIN = `BEGIN ISOLATION LEVEL READ COMMITTED; ${PLAN_ONCE}`;

const LOCK = `SELECT id, floor, posted, held, version, encode(hash, 'hex') AS hash FROM credits_accounts
  WHERE id = ANY($1) ORDER BY id FOR UPDATE`;

const OPERATIONS = `SELECT o.actor, o.key, o.fingerprint, o.account, o.version, o.posted, o.held, o.hold_remaining,
    o.hold_state, o.hold_expires_at, ${TRANSFER_COLUMNS}, ${HOLD_COLUMNS}
  FROM unnest($1::text[], $2::text[]) AS k(actor, key)
  JOIN credits_operations o ON o.actor = k.actor AND o.key = k.key
  LEFT JOIN credits_transfers t ON t.id = o.transfer
  LEFT JOIN credits_holds h ON h.id = o.hold`;

const HOLDS = `SELECT ${HOLD_COLUMNS} FROM credits_holds h WHERE h.id = ANY($1::uuid[])
  UNION ALL SELECT ${HOLD_COLUMNS} FROM credits_holds h
    WHERE h.account = ANY($2::text[]) AND h.remaining > 0 AND h.expires_at <= $3 AND NOT h.id = ANY($1::uuid[])`;

const CLAIMS = `SELECT o.account, o.once, coalesce(o.transfer::text, o.hold::text, o.key) AS reference
  FROM unnest($1::text[]) AS k(once) JOIN credits_operations o ON o.account = ANY($2::text[]) AND o.once = k.once`;

const TRANSFERS = `SELECT ${TRANSFER_COLUMNS} FROM credits_transfers t WHERE t.id = ANY($1::uuid[])`;

const REVERSED = `SELECT reverses FROM credits_transfers WHERE reverses = ANY($1::uuid[])`;

const HOLD_ACCOUNTS = `SELECT account, destination FROM credits_holds WHERE id = ANY($1::uuid[])`;

interface Sides {
  account: string;
  destination: string;
}

interface AccountRow {
  id: string;
  floor: string;
  posted: string;
  held: string;
  version: string;
  hash: string;
}

interface ClaimRow {
  account: string;
  once: string;
  reference: string;
}

interface KnownRow extends TransferRow, HoldRow {
  actor: string;
  key: string;
  fingerprint: string | null;
  account: string;
  version: string;
  posted: string;
  held: string;
  hold_remaining: string | null;
  hold_state: HoldState | null;
  hold_expires_at: Date | null;
}

/**
 * Begins the transaction of a batch and reads its state. The caller ends the transaction, also when this throws.
 *
 * @param begin - What begins it, where it is one inside another.
 */
export async function readBatch(
  client: ClientBase,
  intents: readonly Intent[],
  nowMs: number,
  begin = BEGIN,
): Promise<BatchState> {
  const holdIds = new Set<string>();
  const transferIds = new Set<string>();
  const accounts = new Set<string>();
  const facts = new Set<string>();
  const keys: { actor: string; key: string }[] = [];
  for (const intent of intents) {
    if (intent.kind === 'expire' || intent.kind === 'abandon') {
      accounts.add(intent.account);
      if (intent.kind === 'abandon') for (const key of intent.operations) keys.push({ actor: intent.account, key });
      continue;
    }
    keys.push({ actor: intent.actor, key: intent.key });
    if (intent.once !== null) facts.add(intent.once);
    if (intent.kind === 'post' || intent.kind === 'void' || intent.kind === 'extend') holdIds.add(intent.hold);
    else if (intent.kind === 'reverse') transferIds.add(intent.transfer);
    else if (intent.kind === 'adjust') accounts.add(intent.account).add(HOUSE_ISSUED);
    else if (intent.kind === 'hold') {
      // Nothing reaches the house before the post: a hold must not wait for everybody who spends.
      accounts.add(intent.account);
      if (!isHouse(intent.destination)) accounts.add(intent.destination);
    } else accounts.add(intent.source).add(intent.destination);
  }

  // Which accounts a hold or a transfer is between never changes, so it may be read before the lock.
  const refers = holdIds.size + transferIds.size > 0;
  const [, between, undone] = await roundTrip(client, [
    refers ? () => client.query(begin) : null,
    holdIds.size > 0 ? () => query<Sides>(client, 'hold_accounts', HOLD_ACCOUNTS, [[...holdIds]]) : null,
    transferIds.size > 0 ? () => query<TransferRow>(client, 'transfers', TRANSFERS, [[...transferIds]]) : null,
  ]);
  for (const row of between?.rows ?? []) accounts.add(row.account).add(row.destination);
  const transfers = (undone?.rows ?? []).map(toTransfer);
  for (const transfer of transfers) accounts.add(transfer.source).add(transfer.destination);

  const locked = [...accounts].toSorted();
  const users = locked.filter((account) => !isHouse(account));
  const [, rows, known, holds, claims, reversed] = await roundTrip(client, [
    refers ? null : () => client.query(begin),
    () => query<AccountRow>(client, 'lock', LOCK, [locked]),
    () => query<KnownRow>(client, 'operations', OPERATIONS, [keys.map((k) => k.actor), keys.map((k) => k.key)]),
    () => query<HoldRow>(client, 'holds', HOLDS, [[...holdIds], users, new Date(nowMs).toISOString()]),
    facts.size > 0 ? () => query<ClaimRow>(client, 'claims', CLAIMS, [[...facts], users]) : null,
    transferIds.size > 0 ? () => query<{ reverses: string }>(client, 'reversed', REVERSED, [[...transferIds]]) : null,
  ]);
  return {
    accounts: new Map(
      rows.rows.map((row) => {
        const version = toInteger(row.version);
        const numbers = { floor: toInteger(row.floor), posted: toInteger(row.posted), held: toInteger(row.held) };
        return [row.id, { id: row.id, ...numbers, version, versionBefore: version, hash: row.hash }];
      }),
    ),
    operations: new Map(
      known.rows.map((row) => [
        scopedKey(row.actor, row.key),
        { fingerprint: row.fingerprint, receipt: row.fingerprint === null ? null : toReceipt(row) },
      ]),
    ),
    holds: new Map(holds.rows.map((row) => [row.h_id, toHold(row)])),
    transfers: new Map(transfers.map((transfer) => [transfer.id, transfer])),
    reversed: new Set(reversed?.rows.map((row) => row.reverses)),
    claims: new Map(claims?.rows.map((row) => [scopedKey(row.account, row.once), row.reference])),
  };
}

/** The first answer of a key, as it was: the hold with what remained of it then. */
function toReceipt(row: KnownRow): Receipt {
  const transfer: Transfer | null = row.t_id === null ? null : toTransfer(row);
  const hold: Hold | null =
    row.hold_state === null || row.hold_remaining === null || row.hold_expires_at === null
      ? null
      : {
          ...toHold(row),
          remaining: toInteger(row.hold_remaining),
          state: row.hold_state,
          expiresAt: row.hold_expires_at.toISOString(),
        };
  return {
    idempotencyKey: row.key,
    account: row.account,
    version: toInteger(row.version),
    balance: toBalance(toInteger(row.posted), toInteger(row.held)),
    transfer,
    hold,
    replayed: false,
  };
}

function query<Row extends object>(
  client: ClientBase,
  name: string,
  text: string,
  values: unknown[],
): Promise<QueryResult<Row>> {
  return client.query<Row>({ name: `credits_${name}`, text, values });
}
