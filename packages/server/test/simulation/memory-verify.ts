/** What the statements of a verification read. What it makes of them, and of the chain, is the ledger's own. */
import { entriesOf, integer, openHoldsOf, text, type Cell, type Row, type Tables } from './memory-tables.ts';

type Answer = (tables: Tables, values: readonly unknown[]) => readonly Row[];

const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/** Pieces are larger than anything that is simulated: what is asked for after a piece is nothing. */
function wholeAfter(rows: Iterable<Row>, after: unknown): Row[] {
  return [...rows]
    .filter((row) => text(row['id']) > String(after))
    .toSorted((one, other) => (text(one['id']) < text(other['id']) ? -1 : 1));
}

function microseconds(cell: Cell | undefined): string {
  return cell instanceof Date ? `${cell.getTime()}000` : '';
}

/** Rows as the chain sees them: every column as the text that is stored. */
function describe(row: Row, letter = ''): Row {
  const described: Record<string, Cell> = {};
  for (const [column, cell] of Object.entries(row)) {
    const isInstant = column === 'created_at';
    described[letter + column] = isInstant
      ? microseconds(cell)
      : column === 'metadata' && cell !== null
        ? JSON.stringify(cell)
        : cell;
  }
  return described;
}

function readEntry(tables: Tables, entry: Row): Row {
  const transfer = tables.transfers.get(text(entry['transfer']));
  const hold = entry['kind'] === 'hold' ? tables.holds.get(text(entry['hold'])) : undefined;
  const otherSide = entry['direction'] === 'debit' ? 'destination' : 'source';
  const other = entriesOf(tables, text(transfer?.[otherSide]))[integer(transfer?.[`${otherSide}_version`]) - 1];
  const known = tables.operations.get(`${text(entry['account'])} ${text(entry['operation'])}`);
  const answer = known?.['fingerprint'] === null ? undefined : known;
  return {
    ...describe(entry),
    ...(transfer === undefined ? { t_id: null } : describe(transfer, 't_')),
    ...(hold === undefined ? { h_id: null } : describe(hold, 'h_')),
    other: other?.['transfer'] ?? null,
    ...Object.fromEntries(
      ['account', 'version', 'posted', 'held', 'transfer', 'hold'].map((column) => [
        `answer_${column}`,
        answer?.[column] ?? null,
      ]),
    ),
  };
}

function checkHold(tables: Tables, id: string): Row {
  const hold = tables.holds.get(id);
  const entries = [...tables.entries.values()].flat().filter((row) => row['hold'] === id && row['kind'] !== 'transfer');
  const sum = (...kinds: string[]): string =>
    String(
      entries
        .filter((row) => kinds.includes(text(row['kind'])))
        .reduce((total, row) => total + integer(row['amount']), 0),
    );
  const last = entries.toSorted((one, other) => integer(one['version']) - integer(other['version'])).at(-1);
  return {
    ...(hold ?? { account: null }),
    id,
    opened: sum('hold'),
    posted: sum('post'),
    released: sum('void', 'expire'),
    last: last?.['kind'] ?? null,
  };
}

/** Statements of a verification: how they begin. */
export const VERIFICATION: [string, Answer][] = [
  [
    'SELECT a.id, a.floor::text',
    (tables, [after, account]) =>
      wholeAfter(tables.accounts.values(), after)
        .filter(({ id }) => account === null || id === account)
        .map((row) => {
          const open = openHoldsOf(tables, text(row['id'])).reduce((sum, hold) => sum + integer(hold['remaining']), 0);
          const newest = entriesOf(tables, text(row['id'])).at(-1)?.['version'] ?? null;
          return { ...row, same: false, newest, open: String(open), c_version: null, c_hash: '', c_transfers: null };
        }),
  ],
  [
    // Also asked when a schema is brought up to date: there are no entries then.
    'SELECT e.account, e.version::text',
    (tables, [accounts, after, upTo]) =>
      Array.isArray(accounts)
        ? (accounts as string[]).flatMap((account, index) =>
            entriesOf(tables, account)
              .slice(Number((after as string[])[index]), Number((upTo as string[])[index]))
              .map((entry) => readEntry(tables, entry)),
          )
        : [],
  ],
  [
    'SELECT i.id, h.account, h.amount::text, h.remaining::text, h.state, s.* FROM unnest',
    (tables, [ids]) => (ids as string[]).map((id) => checkHold(tables, id)),
  ],
  [
    'SELECT i.id, h.account, h.amount::text, h.remaining::text, h.state, s.*\n',
    (tables, [after]) =>
      after === FIRST_ID ? [...tables.holds.keys()].toSorted().map((id) => checkHold(tables, id)) : [],
  ],
  [
    'SELECT t.id, t.source, t.destination, s.found',
    (tables, [after]) =>
      wholeAfter(after === FIRST_ID ? tables.transfers.values() : [], after).map((row) => {
        const entry = (side: string): Row | undefined =>
          entriesOf(tables, text(row[side]))[integer(row[`${side}_version`]) - 1];
        return {
          ...row,
          debited: entry('source')?.['transfer'] === row['id'],
          credited: entry('destination')?.['transfer'] === row['id'],
        };
      }),
  ],
  [
    'WITH RECURSIVE jump',
    (tables, [after]) =>
      after === '' ? [...tables.entries.keys()].toSorted().map((id) => ({ id, known: tables.accounts.has(id) })) : [],
  ],
  ['SELECT account FROM credits_checkpoints', () => []],
  [
    'SELECT coalesce(sum(posted), 0)::text AS sum FROM credits_accounts',
    (tables) => [{ sum: String([...tables.accounts.values()].reduce((sum, row) => sum + integer(row['posted']), 0)) }],
  ],
  // What was found in order is found again: no simulated history is long enough for a note of it.
  ['INSERT INTO credits_checkpoints', () => []],
  ['DELETE FROM credits_checkpoints', () => []],
];
