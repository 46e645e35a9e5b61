import { migrate } from '../ledger/postgres/migrate.ts';
import { ledgerMigrations } from '../ledger/postgres/postgres-storage.ts';
import { DATABASE_OPTIONS, JSON_OPTION } from './arguments.ts';
import { EXIT, type Command } from './command.ts';
import { readSchema, withDatabase } from './connect.ts';

export const migrateCommand: Command = {
  name: 'migrate',
  summary: 'brings the tables of the ledger to the newest version',
  usage: 'migrate [options]',
  details: `All or nothing, in one transaction. Creates a missing ledger. A program does the same when it starts.`,
  options: { ...DATABASE_OPTIONS, ...JSON_OPTION },
  positionalsMax: 0,
  async run(context) {
    const { values, terminal } = context;
    const applied = await withDatabase(context, { creates: true }, ({ pool }) =>
      migrate(pool, ledgerMigrations(readSchema(context))),
    );
    const sentence = applied.length === 0 ? 'The tables are up to date.' : `Applied ${applied.join(', ')}.`;
    await terminal.write(values['json'] === true ? `${JSON.stringify({ applied })}\n` : `${sentence}\n`);
    return EXIT.ok;
  },
};
