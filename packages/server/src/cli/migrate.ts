import { migrate } from '../ledger/migrate.ts';
import { LEDGER_MIGRATIONS } from '../ledger/migrations.ts';
import { DATABASE_OPTIONS, JSON_OPTION } from './arguments.ts';
import { EXIT, type Command } from './command.ts';
import { withDatabase } from './connect.ts';

export const migrateCommand: Command = {
  name: 'migrate',
  summary: 'brings the tables of the ledger to the newest schema',
  usage: 'migrate [options]',
  details: `All or nothing, in one transaction. Makes the ledger where there is none. A program that starts does the same.`,
  options: { ...DATABASE_OPTIONS, ...JSON_OPTION },
  positionalsMax: 0,
  async run(context) {
    const { values, terminal } = context;
    const applied = await withDatabase(context, { creates: true }, ({ pool }) =>
      migrate(pool, { namespace: 'credits', migrations: LEDGER_MIGRATIONS }),
    );
    const sentence = applied.length === 0 ? 'The tables are up to date.' : `Applied ${applied.join(', ')}.`;
    await terminal.write(values['json'] === true ? `${JSON.stringify({ applied })}\n` : `${sentence}\n`);
    return EXIT.ok;
  },
};
