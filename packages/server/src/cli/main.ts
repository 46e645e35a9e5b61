#!/usr/bin/env node
import { type CreditsError, isCreditsError } from 'realtime-credits/contract';
import { codeOf } from '../ledger/postgres/sql-error.ts';
import { formatHelp, parseArguments } from './arguments.ts';
import { EXIT, usageError, type Command, type ExitCode } from './command.ts';
import { doctorCommand } from './doctor.ts';
import { exportCommand } from './export.ts';
import { importCommand } from './import.ts';
import { migrateCommand } from './migrate.ts';
import { headsCommand } from './heads.ts';
import { moveAccountCommand } from './move-account.ts';
import { reconcileCommand } from './reconcile.ts';
import { createTerminal, type Terminal } from './terminal.ts';
import { verifyCommand } from './verify.ts';

/** The program `realtime-credits`: what an operator does with a ledger from a shell. */

const COMMANDS: readonly Command[] = [
  importCommand,
  reconcileCommand,
  verifyCommand,
  headsCommand,
  exportCommand,
  migrateCommand,
  moveAccountCommand,
  doctorCommand,
];

const HELP = `Usage: realtime-credits <command> [options]

${COMMANDS.map(({ name, summary }) => `  ${name.padEnd(12)} ${summary}`).join('\n')}

"realtime-credits <command> --help" shows the options. Exit status: 0 success, 1 differences or problems found, 2 usage
error, 3 failure.
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
      `${name === undefined ? 'Name a command' : `There is no command "${name}"`}. See "realtime-credits --help".`,
    );
  }
  const { values, positionals } = parseArguments(command, rest);
  if (values['help'] === true) {
    await terminal.write(formatHelp(command));
    return EXIT.ok;
  }
  return command.run({ values, positionals, environment: process.env, terminal });
}

function toSentence(error: unknown): string {
  if (isCreditsError(error)) return error.message;
  if (!(error instanceof Error)) return `This is a bug: ${String(error)}`;
  // What a server says of itself: a role without rights, a schema that is not there.
  const isServer = /^[0-9A-Z]{5}$/.test(codeOf(error));
  return isServer ? `The database refused: ${error.message} (${codeOf(error)}).` : `This is a bug: ${error.stack}`;
}

function toExitCode(error: unknown): ExitCode {
  if (!isCreditsError(error) || error.code !== 'invalid_request') return EXIT.failed;
  // What the call says names its field; what a file says has none.
  const isCall = (error as CreditsError<'invalid_request'>).details?.field !== undefined;
  return isCall ? EXIT.usage : EXIT.found;
}

// `realtime-credits export … | head` ends the reader before us, and that is nothing to complain about.
process.stdout.on('error', (error: NodeJS.ErrnoException) =>
  process.exit(error.code === 'EPIPE' ? EXIT.ok : EXIT.failed),
);

const terminal = createTerminal({ input: process.stdin, output: process.stdout, errors: process.stderr });
try {
  process.exitCode = await main(process.argv.slice(2), terminal);
} catch (error) {
  terminal.report(toSentence(error));
  process.exitCode = toExitCode(error);
}
