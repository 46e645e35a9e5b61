import { compareBalances, type BalanceDifference } from '../import/compare-balances.ts';
import { DATABASE_OPTIONS, JSON_OPTION, parseChoice } from './arguments.ts';
import { EXIT, usageError, type Command } from './command.ts';
import { withLedger } from './connect.ts';
import { HOST_ROWS_OPTIONS, openHostRows } from './host-rows.ts';
import { reportProblems } from './import.ts';
import { createProgress, format } from './progress.ts';

export const reconcileCommand: Command = {
  name: 'reconcile',
  summary: "compares a running host's balances with the ledger",
  usage: 'reconcile <file|-> [options]',
  details: `Reads the host's balances and lists accounts whose balance in the ledger differs. Changes no balance. An account that
changed between the two reads is listed as well: run it again, and look at those that stay.`,
  options: {
    ...DATABASE_OPTIONS,
    ...HOST_ROWS_OPTIONS,
    balance: { type: 'string', value: 'available|posted', help: "What the host's number means. Default: available." },
    limit: { type: 'string', value: 'count', help: 'Differences to list, 0 to 100000; all are counted. Default: 50.' },
    ...JSON_OPTION,
  },
  positionalsMax: 1,
  async run(context) {
    const { values, terminal } = context;
    const balance = parseChoice(values['balance'] ?? 'available', '--balance', ['available', 'posted']);
    const limit = values['limit'] ?? '50';
    if (typeof limit !== 'string' || !/^\d{1,6}$/.test(limit) || Number(limit) > 100_000) {
      throw usageError(`--limit must be a number from 0 to 100000: got "${String(limit)}".`);
    }
    const rows = await openHostRows(context);
    const progress = createProgress(terminal);
    const report = await withLedger(context, { creates: false }, async (opened) => {
      try {
        const onProgress = (done: number): void => progress.update({ what: 'Reading', done, total: null });
        return await compareBalances(rows, { ...opened, balance, differencesMax: Number(limit), onProgress });
      } finally {
        progress.end();
      }
    });
    if (values['json'] === true) {
      await terminal.write(`${JSON.stringify(report)}\n`);
    } else {
      for (const difference of report.differences) await terminal.write(formatDifference(difference));
      const listed = report.differences.length;
      const found = report.different + report.missing + report.extra;
      if (found > listed) terminal.report(`The first ${format(listed)} of ${format(found)} differences are listed.`);
      await terminal.write(
        `${format(report.equal)} equal, ${format(report.different)} different, ${format(report.missing)} missing in the ` +
          `ledger, ${format(report.extra)} only there, ${format(report.invalid)} invalid rows. ` +
          `Host ${format(report.hostTotal)}, ledger ${format(report.ledgerTotal)} (${balance}).\n`,
      );
    }
    reportProblems(terminal, report.problems, report.invalid);
    return report.ok ? EXIT.ok : EXIT.found;
  },
};

function formatDifference({ kind, account, line, host, ledger, difference }: BalanceDifference): string {
  const where = line === null ? '' : ` (line ${line})`;
  const sign = difference > 0 ? '+' : '';
  return `${kind} ${account}${where}: host ${host ?? 'none'}, ledger ${ledger ?? 'none'}, ${sign}${difference}\n`;
}
