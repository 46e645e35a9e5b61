#!/usr/bin/env node
import { isCreditsError } from '../contract/error.ts';
import { formatHelp, parseArguments } from './arguments.ts';
import { EXIT, usageError, type Command, type ExitCode } from './command.ts';
import { doctorCommand } from './doctor.ts';
import { exportCommand } from './export.ts';
import { importCommand } from './import.ts';
import { migrateCommand } from './migrate.ts';
import { shadowCommand } from './shadow.ts';
import { createTerminal, type Terminal } from './terminal.ts';
import { verifyCommand } from './verify.ts';

/** The program `realtime-credits`: what an operator does with a ledger from a shell. */

const COMMANDS: readonly Command[] = [
  importCommand,
  shadowCommand,
  verifyCommand,
  exportCommand,
  migrateCommand,
  doctorCommand,
];

const HELP = `Usage: realtime-credits <command> [options]

${COMMANDS.map(({ name, summary }) => `  ${name.padEnd(9)} ${summary}`).join('\n')}

"realtime-credits <command> --help" says more. Ends with 0: fine; 1: it found differences, rows that were left out, or
something that fails; 2: it was called wrongly; 3: it could not be done.
`;

async function main(words: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const [name, ...rest] = words;
  if (name === '--help' || name === '-h' || name === 'help') {
    await terminal.write(HELP);
    return EXIT.ok;
  }
  const command = COMMANDS.find((each) => each.name === name);
  if (command === undefined) {
    throw usageError(
      `${name === undefined ? 'Say what to do' : `There is no command "${name}"`}. See "realtime-credits --help".`,
    );
  }
  const { values, positionals } = parseArguments(command, rest);
  if (values['help'] === true) {
    await terminal.write(formatHelp(command));
    return EXIT.ok;
  }
  return command.run({ values, positionals, environment: process.env, terminal });
}

// `realtime-credits export … | head` ends the reader before us, and that is nothing to complain about.
process.stdout.on('error', (error: NodeJS.ErrnoException) =>
  process.exit(error.code === 'EPIPE' ? EXIT.ok : EXIT.failed),
);

const terminal = createTerminal({ input: process.stdin, output: process.stdout, errors: process.stderr });
try {
  process.exitCode = await main(process.argv.slice(2), terminal);
} catch (error) {
  const isUsage = isCreditsError(error) && error.code === 'invalid_request';
  terminal.say(
    isCreditsError(error) ? error.message : `This is a bug: ${error instanceof Error ? error.stack : String(error)}`,
  );
  process.exitCode = isUsage ? EXIT.usage : EXIT.failed;
}
