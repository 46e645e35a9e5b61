import type { ClientBase } from 'pg';
import { CHAIN_COLUMNS, CHAIN_JOINS, hashRow, type ChainRow } from './chain-row.ts';
import { CHAIN_START, type ChainHash } from './chain.ts';

/** Entries in memory at a time. */
const PIECE = 500;

const READ = `SELECT ${CHAIN_COLUMNS} FROM (SELECT * FROM credits_entries WHERE (account, version) > ($1, $2)
    ORDER BY account, version LIMIT ${PIECE}) e
  ${CHAIN_JOINS} ORDER BY e.account, e.version`;

const WRITE_ENTRIES = `UPDATE credits_entries e SET hash = decode(u.hash, 'hex')
  FROM unnest($1::text[], $2::bigint[], $3::text[]) AS u(account, version, hash)
  WHERE e.account = u.account AND e.version = u.version`;

const WRITE_HEADS = `UPDATE credits_accounts a SET hash = decode(u.hash, 'hex')
  FROM unnest($1::text[], $2::text[]) AS u(account, hash) WHERE a.id = u.account`;

/**
 * Chains the entries that a ledger wrote before there were chains. Believes what it finds: from here on it cannot be
 * changed unseen. Runs in the transaction of its migration, so that no ledger ever meets a chain that is half made.
 */
export async function chainEntries(client: ClientBase): Promise<void> {
  let account = '';
  let version = '0';
  let head: ChainHash = CHAIN_START;
  for (;;) {
    const { rows } = await client.query<ChainRow>(READ, [account, version]);
    const heads = new Map<string, ChainHash>();
    const hashes = rows.map((row) => {
      head = hashRow(row.account === account ? head : CHAIN_START, row);
      account = row.account;
      version = row.version;
      heads.set(account, head);
      return head;
    });
    if (rows.length === 0) return;
    await client.query(WRITE_ENTRIES, [rows.map((row) => row.account), rows.map((row) => row.version), hashes]);
    await client.query(WRITE_HEADS, [[...heads.keys()], [...heads.values()]]);
  }
}
