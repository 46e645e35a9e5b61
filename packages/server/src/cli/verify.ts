import { DATABASE_OPTIONS, JSON_OPTION } from './arguments.ts';
import { EXIT, type Command } from './command.ts';
import { withLedger } from './connect.ts';
import { createProgress, format } from './progress.ts';

export const verifyCommand: Command = {
  name: 'verify',
  summary: 'recomputes balances and hashes from the entries',
  usage: 'verify [options]',
  details: `Begins where the last run found everything in order. A difference is named by every run until it is gone.`,
  options: {
    ...DATABASE_OPTIONS,
    full: { type: 'boolean', help: 'Believes no earlier run, and reads everything.' },
    account: { type: 'string', value: 'id', help: 'Of one account only.' },
    ...JSON_OPTION,
  },
  positionalsMax: 0,
  async run(context) {
    const { values, terminal } = context;
    const progress = createProgress(terminal);
    const report = await withLedger(context, { creates: false }, async ({ ledger }) => {
      const { accounts: total } = await ledger.circulation();
      try {
        return await ledger.verify({
          full: values['full'] === true,
          ...(typeof values['account'] === 'string' ? { account: values['account'] } : {}),
          // The house's two accounts are read as well.
          onProgress: ({ accounts }) => progress.update({ what: 'Accounts', done: accounts, total: total + 2 }),
        });
      } finally {
        progress.end();
      }
    });
    if (values['json'] === true) {
      await terminal.write(`${JSON.stringify(report)}\n`);
    } else {
      for (const { message } of report.differences) await terminal.write(`${message}\n`);
      await terminal.write(
        `${format(report.accounts)} accounts, ${format(report.entries)} entries (${format(report.compared)} read now): ` +
          `${report.ok ? 'in order' : `${format(report.differences.length)} differences`}.\n`,
      );
    }
    return report.ok ? EXIT.ok : EXIT.found;
  },
};
