import { DATABASE_OPTIONS, LEDGERS_OPTION } from './arguments.ts';
import { EXIT, type Command } from './command.ts';
import { withOneOrAll } from './connect.ts';

export const headsCommand: Command = {
  name: 'heads',
  summary: 'the newest hash of each account, to be stored elsewhere',
  usage: 'heads [options]',
  details: `Writes one JSON line per account: {account, version, hash}. Store them where nobody who can change the database can
change them too. "verify --heads" later shows whether anything up to there was changed.`,
  options: { ...DATABASE_OPTIONS, ...LEDGERS_OPTION },
  positionalsMax: 0,
  async run(context) {
    await withOneOrAll(context, async (ledger) => {
      let after: string | null = null;
      do {
        const page = await ledger.heads(after === null ? {} : { after });
        for (const head of page.heads) await context.terminal.write(`${JSON.stringify(head)}\n`);
        after = page.next;
      } while (after !== null);
    });
    return EXIT.ok;
  },
};
