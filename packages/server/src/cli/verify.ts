import { readFile } from 'node:fs/promises';
import { CreditsError } from 'realtime-credits/contract';
import type { Head } from '../ledger/ledger.ts';
import { DATABASE_OPTIONS, JSON_OPTION, LEDGERS_OPTION } from './arguments.ts';
import { EXIT, type Command } from './command.ts';
import { withOneOrAll } from './connect.ts';
import { createProgress, format } from './progress.ts';

/** Most heads that one verification compares. */
const HEADS_PER_RUN = 1_000;

export const verifyCommand: Command = {
  name: 'verify',
  summary: 'recomputes balances and hashes from the journal',
  usage: 'verify [options]',
  details: `Reports every account and version that does not follow from the journal. With --heads it also compares the ledger
with hashes that "heads" wrote earlier: that shows whether history up to there was changed, even as a whole. With --ledgers it compares all ledgers of a list, each with its
journal, and all of them with each other: transfers between them, and where accounts are.`,
  options: {
    ...DATABASE_OPTIONS,
    ...LEDGERS_OPTION,
    account: { type: 'string', value: 'id', help: 'One account only.' },
    heads: { type: 'string', value: 'file', help: 'JSON lines that "heads" wrote.' },
    ...JSON_OPTION,
  },
  positionalsMax: 0,
  async run(context) {
    const { values, terminal } = context;
    const heads = typeof values['heads'] === 'string' ? await readHeads(values['heads']) : [];
    const progress = createProgress(terminal);
    const report = await withOneOrAll(context, async (ledger) => {
      const { accounts: total } = await ledger.circulation();
      try {
        const first = await ledger.verify({
          ...(typeof values['account'] === 'string' ? { account: values['account'] } : {}),
          heads: heads.slice(0, HEADS_PER_RUN),
          onProgress: ({ accounts }) => progress.update({ what: 'Accounts', done: accounts, total }),
        });
        const differences = [...first.differences];
        for (let start = HEADS_PER_RUN; start < heads.length; start += HEADS_PER_RUN) {
          const page = heads.slice(start, start + HEADS_PER_RUN);
          for (const head of page)
            differences.push(...(await ledger.verify({ account: head.account, heads: [head] })).differences);
        }
        return { ...first, ok: differences.length === 0, differences };
      } finally {
        progress.end();
      }
    });
    if (values['json'] === true) {
      await terminal.write(`${JSON.stringify(report)}\n`);
    } else {
      for (const { message } of report.differences) await terminal.write(`${message}\n`);
      const result = report.ok ? 'no differences' : `${format(report.differences.length)} differences`;
      const compared = heads.length === 0 ? '' : `, ${format(heads.length)} heads`;
      await terminal.write(
        `${format(report.accounts)} accounts, ${format(report.entries)} entries${compared}: ${result}.\n`,
      );
    }
    return report.ok ? EXIT.ok : EXIT.found;
  },
};

/** @throws {CreditsError} `unavailable` — no such file; `invalid_request` — a line is no head */
async function readHeads(path: string): Promise<Head[]> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new CreditsError('unavailable', `The file ${path} cannot be read: ${String(error)}.`, { cause: error });
  });
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line, index) => {
      try {
        const { account, version, hash } = JSON.parse(line) as Head;
        if (typeof account === 'string' && Number.isSafeInteger(version) && /^[0-9a-f]{64}$/.test(hash)) {
          return { account, version, hash };
        }
      } catch {
        // reported below
      }
      throw new CreditsError('invalid_request', `Line ${index + 1} of ${path} is not a head.`);
    });
}
