import { CREDITS_MAX } from 'realtime-credits/contract';
import type { VerifyDifference, VerifyOptions, VerifyReport } from '../ledger.ts';
import type { Read } from '../postgres/account-reads.ts';
import { toArrayLiteral } from '../postgres/array-literal.ts';
import { toAllowanceRecord, toInteger, type Row } from '../postgres/codecs.ts';
import { findAllowanceDifference, type AllowanceRow } from '../rules/allowances.ts';
import { SYSTEM_ISSUED, toPublicAccount } from '../rules/system-accounts.ts';
import { describeEntry, type FoundEntry } from './describe-entry.ts';
import { createVerifyStatements, PAGE, RATES_PAGE, type VerifyStatements } from './verify-statements.ts';

/** Entries of one statement: it takes about a second, and other work gets in between. */
const WINDOW = 50_000;

/** Differences of one report. A ledger with more needs a restore, not a longer list. */
const DIFFERENCES_MAX = 1_000;

const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/** A range of versions of one account. */
interface Range {
  account: number;
  low: number;
  high: number;
}

/**
 * Recomputes what the journal says and compares it with everything else that is stored: versions without gaps, balances,
 * the hash chain, account rows, holds, lots, rates, allowances, reversals, keys and claims. Commands may run meanwhile.
 *
 * @param schema - Quoted.
 */
export async function verify(
  schema: string,
  read: Read,
  options: VerifyOptions & { nowMs: number },
): Promise<VerifyReport> {
  const run = new Verification(createVerifyStatements(schema), read, options);
  return run.run();
}

class Verification {
  readonly #statements: VerifyStatements;
  readonly #read: Read;
  readonly #options: VerifyOptions & { nowMs: number };
  readonly #differences: VerifyDifference[] = [];
  #accounts = 0;
  #entries = 0;
  #transfers = 0;

  constructor(statements: VerifyStatements, read: Read, options: VerifyOptions & { nowMs: number }) {
    this.#statements = statements;
    this.#read = read;
    this.#options = options;
  }

  async run(): Promise<VerifyReport> {
    const { account, nowMs } = this.#options;
    await this.#compareHeads();
    const only = account === undefined ? null : await this.#findNumber(account);
    if (account === undefined || only !== null) {
      await this.#verifyAccounts(only);
      await this.#verifyNotes(only);
      await this.#verifyHolds(only);
      await this.#verifyLots(only);
      await this.#verifyRates(only);
      await this.#verifyAllowances(only);
      await this.#verifyClaims(only);
    }
    if (account === undefined) await this.#verifySum();
    return {
      ok: this.#differences.length === 0,
      accounts: this.#accounts,
      entries: this.#entries,
      transfers: this.#transfers,
      differences: this.#differences.slice(0, DIFFERENCES_MAX),
      checkedAt: new Date(nowMs).toISOString(),
    };
  }

  #report(account: string | null, version: number | null, message: string): void {
    const id = account === null ? null : toPublicAccount(account);
    const where = `${account === null ? '' : `Account ${account}`}${version === null ? '' : ` version ${version}`}`;
    this.#differences.push({ account: id, version, message: where === '' ? message : `${where}: ${message}` });
  }

  async #findNumber(account: string): Promise<number | null> {
    const [row] = await this.#read(this.#statements.number, [account]);
    return row === undefined ? null : toInteger(row['number']);
  }

  /** Calls back for each page of a list, until the list ends or too much was found. */
  async #eachPage(
    next: (last: Row | undefined) => Promise<Row[]>,
    visit: (page: Row[]) => Promise<void> | void,
    size = PAGE,
  ) {
    for (let last: Row | undefined; this.#differences.length < DIFFERENCES_MAX;) {
      const page = await next(last);
      await visit(page);
      last = page.at(-1);
      if (page.length < size) return;
    }
  }

  async #verifyAccounts(only: number | null): Promise<void> {
    const { accounts, orphans } = this.#statements;
    let lastNumber = only === null ? 0 : only - 1;
    await this.#eachPage(
      () => this.#read(accounts, [String(lastNumber), String(only === null ? PAGE : 1)]),
      async (page) => {
        for (const row of page) this.#verifyAccount(row);
        await this.#verifyEntries(page.map(toRange), only !== null);
        this.#accounts += page.length;
        lastNumber = toInteger(page.at(-1)?.['number'] ?? String(lastNumber));
        this.#options.onProgress?.({ accounts: this.#accounts, entries: this.#entries });
      },
    );
    if (only !== null) return;
    const found = await this.#read(orphans, [String(lastNumber)]);
    if (found.length > 0) this.#report(null, null, 'There are entries of an account that does not exist.');
  }

  /** Compares the row of an account with its newest entry and its open holds. */
  #verifyAccount(row: Row): void {
    const id = row['id'] ?? '';
    for (const column of ['version', 'posted', 'held', 'hash']) {
      const [stored, entry] = [row[column], row[`entry_${column}`]];
      if (stored !== entry) this.#report(id, null, `${column} is ${stored}, its newest entry says ${entry}.`);
    }
    if (row['held'] !== row['reserved']) {
      this.#report(id, null, `held is ${row['held']}, its open holds reserve ${row['reserved']}.`);
    }
    const [free, held] = [toInteger(row['lots_free']), toInteger(row['lots_held'])];
    const [posted, reserved] = [toInteger(row['posted']), toInteger(row['held'])];
    if ((free > 0 && free > posted - reserved) || held > reserved) {
      this.#report(id, null, `its lots have ${free} free and ${held} held, more than its balance.`);
    }
    const floor = String(toPublicAccount(id) === SYSTEM_ISSUED ? -CREDITS_MAX : 0);
    if (row['floor'] !== floor) this.#report(id, null, `floor is ${row['floor']}, it must be ${floor}.`);
    if (row['orphan'] === 't') {
      this.#report(null, null, `There are entries of an account that does not exist, before account ${id}.`);
    }
  }

  /** Compares the entries of accounts, some windows after the other. */
  async #verifyEntries(ranges: readonly Range[], isSingle: boolean): Promise<void> {
    for (const window of toWindows(ranges)) {
      const [row] = await this.#read(this.#statements.entries, [
        ...(['account', 'low', 'high'] as const).map((field) =>
          toArrayLiteral(
            'bigint',
            window.map((range) => range[field]),
          ),
        ),
        String(isSingle),
      ]);
      this.#entries += toInteger(row?.['entries']);
      this.#transfers += toInteger(row?.['transfers']);
      for (const entry of JSON.parse(row?.['found'] ?? '[]') as FoundEntry[]) {
        for (const message of describeEntry(entry)) this.#report(entry.account, Number(entry.version), message);
      }
      if (this.#differences.length >= DIFFERENCES_MAX) return;
    }
  }

  async #verifyNotes(only: number | null): Promise<void> {
    await this.#eachPage(
      (last) =>
        this.#read(this.#statements.notes, [last?.['debit'] ?? '0', `\\x${last?.['key_digest'] ?? ''}`, toText(only)]),
      (page) => {
        for (const row of page) {
          if (row['wrong'] !== 'f') {
            const message = `the record of key ${row['key']} does not match its key or the entry at that version.`;
            this.#report(row['id'] ?? null, toInteger(row['version']), message);
          }
        }
      },
    );
  }

  async #verifyHolds(only: number | null): Promise<void> {
    await this.#eachPage(
      (last) => this.#read(this.#statements.holds, [last?.['hold'] ?? FIRST_ID, toText(only)]),
      (page) => {
        for (const row of page) {
          if (row['wrong'] === 'f') continue;
          const stored = `${row['state']} with ${row['remaining']} remaining`;
          const entries = `${row['entry_state']} with ${row['entry_remaining']} remaining`;
          const what =
            stored === entries ? 'does not match the entry that opened it' : `is ${stored}, its entries say ${entries}`;
          this.#report(row['id'] ?? null, null, `hold ${row['hold']} ${what}.`);
        }
      },
    );
  }

  async #verifyLots(only: number | null): Promise<void> {
    await this.#eachPage(
      (last) =>
        this.#read(this.#statements.lots, [
          last?.['account'] ?? '0',
          last?.['version'] ?? '0',
          last?.['part'] ?? '-1',
          toText(only),
        ]),
      (page) => {
        for (const row of page) {
          if (row['wrong'] === 'f') continue;
          const stored = `has ${row['free']} free and ${row['held']} held`;
          const entries = `${row['entry_free']} free and ${row['entry_held']} held`;
          const what =
            stored === `has ${entries}`
              ? 'does not match the entry that opened it'
              : `${stored}, its entries say ${entries}`;
          this.#report(row['id'] ?? null, toInteger(row['version']), `lot ${row['part']} ${what}.`);
        }
      },
    );
  }

  async #verifyRates(only: number | null): Promise<void> {
    await this.#eachPage(
      (last) => this.#read(this.#statements.rates, [last?.['rate'] ?? FIRST_ID, toText(only)]),
      (page) => {
        for (const { id = null, rate, version, wrong } of page) {
          if (version != null) {
            this.#report(id, toInteger(version), `what rate ${rate} was charged does not follow from its terms.`);
          }
          if (wrong !== 'f') this.#report(id, null, `rate ${rate} does not match its entries.`);
        }
      },
      RATES_PAGE,
    );
  }

  async #verifyAllowances(only: number | null): Promise<void> {
    await this.#eachPage(
      (last) => this.#read(this.#statements.allowances, [last?.['id'] ?? FIRST_ID, toText(only)]),
      (page) => {
        for (const row of page) {
          const [id, owner] = [row['id'] ?? '', row['account_id'] ?? ''];
          const rows = JSON.parse(row['rows'] ?? '[]') as (AllowanceRow & { version: number })[];
          // Instants of the ledger are whole milliseconds.
          const isFiner = row['is_finer'] !== 'f';
          const place = isFiner ? rows.length : findAllowanceDifference(toAllowanceRecord(row, owner), rows);
          if (place === null) continue;
          const wrong = rows[place];
          if (wrong === undefined) this.#report(owner, null, `allowance ${id} does not match its entries.`);
          else this.#report(owner, wrong.version, `what allowance ${id} granted does not follow from its terms.`);
        }
      },
      RATES_PAGE,
    );
  }

  async #verifyClaims(only: number | null): Promise<void> {
    await this.#eachPage(
      (last) =>
        this.#read(this.#statements.claims, [last?.['account'] ?? '0', last?.['claim_key'] ?? '', toText(only)]),
      (page) => {
        for (const row of page) {
          if (row['wrong'] === 'f') continue;
          this.#report(row['id'] ?? null, null, `claim "${row['claim_key']}" names no key of this account.`);
        }
      },
    );
  }

  async #verifySum(): Promise<void> {
    const [row] = await this.#read(this.#statements.sum);
    if (row?.['posted'] !== '0') {
      this.#report(null, null, `The balances of all accounts sum to ${row?.['posted']}, they must sum to 0.`);
    }
  }

  /** Compares hashes that were stored elsewhere with what the ledger has now. */
  async #compareHeads(): Promise<void> {
    const { heads = [], account } = this.#options;
    const own = heads.filter((head) => account === undefined || head.account === account);
    if (own.length === 0) return;
    const rows = await this.#read(this.#statements.hashes, [
      toArrayLiteral(
        'text',
        own.map((head) => head.account),
      ),
      toArrayLiteral(
        'bigint',
        own.map((head) => head.version),
      ),
    ]);
    for (const [index, head] of own.entries()) {
      const hash = rows[index]?.['hash'] ?? null;
      if (hash === head.hash) continue;
      const is = hash === null ? 'it is gone' : `the hash is ${hash}`;
      this.#report(head.account, head.version, `${is}, the given head has ${head.hash}: history was changed.`);
    }
  }
}

function toText(number: number | null): string | null {
  return number === null ? null : String(number);
}

/** All versions of an account, up to what its row or its newest entry says. */
function toRange(row: Row): Range {
  const high = Math.max(toInteger(row['version']), toInteger(row['entry_version']));
  return { account: toInteger(row['number']), low: 1, high };
}

/** Groups small accounts, and splits large ones. */
function* toWindows(ranges: readonly Range[]): Generator<Range[]> {
  let window: Range[] = [];
  let size = 0;
  for (const { account, low: first, high } of ranges) {
    for (let low = first; low <= high;) {
      const end = Math.min(high, low + WINDOW - size - 1);
      window.push({ account, low, high: end });
      size += end - low + 1;
      low = end + 1;
      if (size < WINDOW) continue;
      yield window;
      [window, size] = [[], 0];
    }
  }
  if (window.length > 0) yield window;
}
