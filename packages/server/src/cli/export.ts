import { access, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { CreditsError, type Entry } from 'realtime-credits/contract';
import { readAllEntries, readAtOneInstant, readBalances, type AccountBalance } from '../ledger/postgres/bulk-reads.ts';
import type { SqlPool } from '../ledger/postgres/database.ts';
import { DATABASE_OPTIONS, parseChoice } from './arguments.ts';
import { EXIT, usageError, type Command } from './command.ts';
import { withLedger } from './connect.ts';
import { formatCsv } from './csv.ts';
import { createProgress } from './progress.ts';
import type { Terminal } from './terminal.ts';

/** Rows that are written together. */
const ROWS_PER_WRITE = 500;

export const exportCommand: Command = {
  name: 'export',
  summary: 'balances or entries, as CSV or JSON lines',
  usage: 'export <balances|entries> [options]',
  details: `Writes the state of one instant, in order of account and version. Memory does not grow with the size of the ledger.
"import" reads exported balances as they are. In CSV, texts that a spreadsheet would run as a formula begin with an
apostrophe; JSON lines have every text as it is stored.`,
  options: {
    ...DATABASE_OPTIONS,
    format: { type: 'string', value: 'csv|jsonl', help: 'Default: csv.' },
    output: {
      type: 'string',
      short: 'o',
      value: 'file',
      help: 'A file that does not exist yet. Default: standard output.',
    },
  },
  positionalsMax: 1,
  async run(context) {
    const { values, positionals, terminal } = context;
    const what = parseChoice(positionals[0] ?? '(nothing)', 'What to export', ['balances', 'entries']);
    const format = parseChoice(values['format'] ?? 'csv', '--format', ['csv', 'jsonl']);
    const path = values['output'];
    if (typeof path === 'string') await assertAbsent(path);
    const progress = createProgress(terminal);
    let count = 0;
    await withLedger(context, { creates: false }, async ({ ledger, database, schema }) => {
      await ledger.allHolds({ limit: 1 }); // expires what is due
      const sink: Sink = typeof path === 'string' ? await openFile(path) : toSink(terminal);
      let isComplete = false;
      try {
        let text = format === 'csv' ? formatCsv(COLUMNS[what]) : '';
        for await (const row of readRows(database.pool, schema, what)) {
          text += format === 'csv' ? formatCsv(row.fields) : `${JSON.stringify(row.value)}\n`;
          count += 1;
          if (count % ROWS_PER_WRITE > 0) continue;
          await sink.write(text);
          text = '';
          // Results on a terminal are their own progress.
          if (typeof path === 'string') progress.update({ what: 'Writing', done: count, total: null });
        }
        await sink.write(text);
        isComplete = true;
      } finally {
        progress.end();
        await sink.end(isComplete);
      }
    });
    if (typeof path === 'string') terminal.report(`${count} ${what} are in ${path}.`);
    return EXIT.ok;
  },
};

const COLUMNS = {
  balances: ['account', 'posted', 'held', 'available', 'version'],
  entries:
    'account version verb direction amount posted held available counterparty actor reason metadata transfer hold createdAt'.split(
      ' ',
    ),
};

interface Row {
  value: AccountBalance | Entry;
  fields: (string | number | null)[];
}

async function* readRows(pool: SqlPool, schema: string, what: 'balances' | 'entries'): AsyncGenerator<Row> {
  if (what === 'balances') {
    for await (const value of readAtOneInstant(pool, (client) => readBalances(client, schema))) {
      const { account, posted, held, available, version } = value;
      yield { value, fields: [account, posted, held, available, version] };
    }
    return;
  }
  for await (const value of readAtOneInstant(pool, (client) => readAllEntries(client, schema))) {
    const { account, version, verb, direction, amount, after, counterparty, actor, reason, transfer, hold } = value;
    const numbers = [amount, after.posted, after.held, after.available];
    const rest = [counterparty, actor, reason, JSON.stringify(value.metadata ?? {}), transfer, hold, value.createdAt];
    yield { value, fields: [account, version, verb, direction, ...numbers, ...rest] };
  }
}

async function assertAbsent(path: string): Promise<void> {
  const exists = await access(path).then(
    () => true,
    () => false,
  );
  if (exists) throw usageError(`The file ${path} exists already: name another, or remove it first.`);
}

/** Where an export goes. */
interface Sink {
  write(text: string): Promise<void>;
  /** Renames the file to its final name, or removes it. */
  end(isComplete: boolean): Promise<void>;
}

function toSink(terminal: Terminal): Sink {
  return { write: terminal.write, end: async () => undefined };
}

/**
 * Writes to a temporary file, readable by its owner only, and renames it at the end: half a list looks like a complete one.
 *
 * @throws {CreditsError} `unavailable` — the file cannot be written
 */
async function openFile(path: string): Promise<Sink> {
  const partial = `${path}.partial`;
  async function coded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new CreditsError('unavailable', `The file ${path} cannot be written: ${why}.`, { cause: error });
    }
  }
  const file: FileHandle = await coded(async () => {
    await rm(partial, { force: true }); // of an interrupted run
    return open(partial, 'wx', 0o600);
  });
  return {
    write: (text) => coded(() => file.appendFile(text)),
    async end(isComplete) {
      if (isComplete) await coded(() => file.sync());
      await file.close();
      if (isComplete) await coded(() => rename(partial, path));
      else await rm(partial, { force: true });
    },
  };
}
