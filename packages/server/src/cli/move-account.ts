import { DATABASE_OPTIONS, JSON_OPTION } from './arguments.ts';
import { EXIT, usageError, type Command } from './command.ts';
import { withLedgers } from './connect.ts';

export const moveAccountCommand: Command = {
  name: 'move-account',
  summary: 'moves an account to another of several ledgers',
  usage: 'move-account <account> --to <schema> [options]',
  details: `Moves the balance and its lots, in one transaction; the history continues. All commands of both ledgers wait for it, for
some milliseconds. Holds, rates and allowances must have ended. Repeating it changes nothing more.`,
  options: {
    ...DATABASE_OPTIONS,
    schema: { type: 'string', value: 'name', help: 'Schema of the list of ledgers. Default: credits_ledgers.' },
    to: { type: 'string', value: 'schema', help: 'Schema of the ledger that it moves to.' },
    reason: { type: 'string', value: 'text', help: 'What its history shows.' },
    ...JSON_OPTION,
  },
  positionalsMax: 1,
  async run(context) {
    const { values, positionals, terminal } = context;
    const [account] = positionals;
    const { to, reason } = values;
    if (account === undefined || typeof to !== 'string') throw usageError('Name an account, and its ledger with --to.');
    const report = await withLedgers(context, (ledgers) =>
      ledgers.moveAccount({ account, schema: to, ...(typeof reason === 'string' ? { reason } : {}) }),
    );
    const { from, moved, version } = report;
    const sentence = moved
      ? `Account ${account} moved from ${from} to ${to}, and is at version ${version}.`
      : `Account ${account} is on ${to} already.`;
    await terminal.write(values['json'] === true ? `${JSON.stringify(report)}\n` : `${sentence}\n`);
    return EXIT.ok;
  },
};
