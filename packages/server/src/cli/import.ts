import { PROBLEMS_LISTED_MAX, type RowProblem } from '../import/balance-rows.ts';
import { importBalances, type ImportReport } from '../import/import-balances.ts';
import { DATABASE_OPTIONS, JSON_OPTION } from './arguments.ts';
import { EXIT, type Command } from './command.ts';
import { withLedger } from './connect.ts';
import { HOST_ROWS_OPTIONS, openHostRows } from './host-rows.ts';
import { createProgress, format } from './progress.ts';
import type { Terminal } from './terminal.ts';

const PHASES = { reading: 'Reading', comparing: 'Comparing', writing: 'Writing' };

export const importCommand: Command = {
  name: 'import',
  summary: 'opening balances, from CSV or JSON lines',
  usage: 'import <file|-> [options]',
  details: `Pays each account its opening balance, once. Nothing is written unless every row is in order. Running it again
changes nothing; a run that was cut is finished by the next one. Makes the ledger where there is none.`,
  options: {
    ...DATABASE_OPTIONS,
    ...HOST_ROWS_OPTIONS,
    name: {
      type: 'string',
      value: 'name',
      help: 'Names the import: an account is paid once under it. Else "opening".',
    },
    'dry-run': { type: 'boolean', short: 'n', help: 'Reads and compares everything, and writes nothing.' },
    'skip-invalid': { type: 'boolean', help: 'Leaves out the rows that cannot be imported, and imports the others.' },
    ...JSON_OPTION,
  },
  positionalsMax: 1,
  async run(context) {
    const { values, terminal } = context;
    const rows = await openHostRows(context);
    const progress = createProgress(terminal);
    const report = await withLedger(context, { creates: true }, async ({ ledger, database }) => {
      try {
        return await importBalances(rows, {
          ledger,
          database,
          skipInvalid: values['skip-invalid'] === true,
          dryRun: values['dry-run'] === true,
          onProgress: ({ phase, done, total }) => progress.update({ what: PHASES[phase], done, total }),
          ...(typeof values['name'] === 'string' ? { name: values['name'] } : {}),
        });
      } finally {
        progress.end();
      }
    });
    if (values['json'] === true) await terminal.write(`${JSON.stringify(report)}\n`);
    else await terminal.write(formatReport(report, values['skip-invalid'] === true));
    reportProblems(terminal, report.problems, report.invalid + report.conflicts);
    return report.ok ? EXIT.ok : EXIT.found;
  },
};

function formatReport(report: ImportReport, skipInvalid: boolean): string {
  const { rows, imported, credits, unchanged, invalid, conflicts, dryRun } = report;
  const isRefused = !report.ok && !skipInvalid;
  const facts = [
    `${format(rows)} rows`,
    `${format(imported)} accounts ${dryRun ? 'would get' : 'got'} ${format(credits)} credits`,
    `${format(unchanged)} had theirs before`,
    `${format(invalid)} invalid`,
    `${format(conflicts)} in conflict`,
  ];
  const refused = 'Nothing was written: fix the rows, or leave them out with --skip-invalid.\n';
  return `${facts.join(', ')}.\n${isRefused ? refused : dryRun ? 'Nothing was written: it was a dry run.\n' : ''}`;
}

/** Lists the first rows that were left out, and how many there are. */
export function reportProblems(terminal: Terminal, problems: readonly RowProblem[], count: number): void {
  for (const { line, message } of problems) terminal.report(`line ${line}: ${message}`);
  if (count > problems.length) terminal.report(`The first ${PROBLEMS_LISTED_MAX} of ${format(count)} rows are listed.`);
}
