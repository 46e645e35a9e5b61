import type { Migration } from './migrate.ts';

/**
 * The checks of a journal row. Postgres parses every check again in each statement that inserts, which was half of what a
 * lone write costs: so they name each column and each kind as rarely as possible. For the same reason the patterns have no
 * `{1,16}`, which took 20 µs for each row of a rate: `verify` has the exact ones. They have no backslashes, which a server may
 * read as escapes.
 */

/** Columns that a row has all of, or none. */
const GROUPS = {
  debit: 'debit, debit_version, debit_posted, debit_held',
  credit: 'credit, credit_version, credit_posted, credit_held',
  hash: 'hash',
  key: 'key, key_digest',
  fingerprint: 'fingerprint',
  hold: 'hold, hold_remaining, hold_expires_at',
  reverses: 'reverses_debit, reverses_version',
  rate: 'rate',
  allowance: 'allowance',
} as const;

type Group = keyof typeof GROUPS;

const BY_KEY: readonly Group[] = ['key', 'fingerprint'];
const MOVE: readonly Group[] = ['debit', 'credit', 'hash'];
const NOTE: readonly Group[] = ['debit', ...BY_KEY];

/** What a row of each kind has, where it has an amount above 0 or none at all. */
const KINDS: Readonly<Record<string, readonly Group[]>> = {
  grant: [...MOVE, ...BY_KEY],
  spend: [...MOVE, ...BY_KEY],
  transfer: [...MOVE, ...BY_KEY],
  adjust: [...MOVE, ...BY_KEY],
  reverse: [...MOVE, ...BY_KEY, 'reverses'],
  post: [...MOVE, ...BY_KEY, 'hold'],
  breakage: MOVE,
  hold: ['debit', 'hash', ...BY_KEY, 'hold'],
  void: ['credit', 'hash', ...BY_KEY, 'hold'],
  expire: ['credit', 'hash', 'hold'],
  extend: [...NOTE, 'hold'],
  unchanged: NOTE,
  abandoned: ['debit', 'key'],
  start: [...MOVE, ...BY_KEY, 'rate'],
  stop: [...MOVE, ...BY_KEY, 'rate'],
  charge: [...MOVE, 'rate'],
  suspend: [...MOVE, 'rate'],
  resume: [...MOVE, 'rate'],
  allowance: [...MOVE, ...BY_KEY, 'allowance'],
  refill: [...MOVE, 'allowance'],
};

/** As the check writes a row: whether its amount is 0, how much of each group is absent, and its kind. */
function toShape(kind: string, groups: readonly Group[], isZero: boolean): string {
  const absent = Object.entries(GROUPS).map(([name, columns]) =>
    groups.includes(name as Group) ? 0 : columns.split(',').length,
  );
  const zero = groups.includes('hash') ? String(isZero).charAt(0) : '';
  return `'${zero}${absent.join('')}${kind}'`;
}

const SHAPES = Object.entries(KINDS).flatMap(([kind, groups]) => {
  const shape = toShape(kind, groups, false);
  if (!groups.includes('rate') && !groups.includes('allowance')) return [shape];
  // What changes no balance has no credit.
  const withoutCredit = groups.filter((group) => group !== 'credit');
  return [shape, toShape(kind, withoutCredit, true)];
});

const PARCELS = '^[[](,?[[][0-9]+,[0-9]+(,[0-9]+|,null){3}])+]$';
const RATE = '^[[]"[0-9a-f-]+"(,[0-9]+){4}(,[0-9]+,[0-9]+,"[a-z]+",".*")?]$';
const ALLOWANCE =
  '^[[]"[0-9a-f-]+",-?[0-9]+,([0-9]+|null),[0-9]+(,[0-9]+,"[a-z]+",[0-9]+,"[A-Za-z0-9_+/-]+",[0-9]+,".*")?]$';

/** @param s - The quoted schema. */
export function createJournalChecks(s: string): Migration {
  const absent = Object.values(GROUPS).map((columns) => `num_nulls(${columns})`);
  return {
    name: '038-journal-checks',
    sql: `ALTER TABLE ${s}.journal
  DROP CONSTRAINT journal_sides, DROP CONSTRAINT journal_debit_side, DROP CONSTRAINT journal_credit_side,
  DROP CONSTRAINT journal_amount, DROP CONSTRAINT journal_key, DROP CONSTRAINT journal_hold,
  DROP CONSTRAINT journal_reverses, DROP CONSTRAINT journal_lots, DROP CONSTRAINT journal_rate,
  DROP CONSTRAINT journal_allowance,
  ADD CONSTRAINT journal_shape CHECK (concat(amount = 0, ${absent.join(', ')}, kind) IN (${SHAPES.join(', ')})),
  ADD CONSTRAINT journal_values CHECK (amount BETWEEN 0 AND ${Number.MAX_SAFE_INTEGER} AND debit <> credit
    AND octet_length(hash) = 32 AND octet_length(key_digest) = 16),
  ADD CONSTRAINT journal_lots CHECK (lots IS NULL OR hash IS NOT NULL AND lots::text ~ '${PARCELS}'),
  ADD CONSTRAINT journal_rate CHECK (rate::text ~ '${RATE}'),
  ADD CONSTRAINT journal_allowance CHECK (allowance::text ~ '${ALLOWANCE}')`,
  };
}
