import { parseArgs } from 'node:util';
import type { Command, CommandContext } from './command.ts';
import { usageError } from './command.ts';

export interface Option {
  type: 'string' | 'boolean';
  short?: string;
  multiple?: boolean;
  /** What stands for its value in the help. */
  value?: string;
  help: string;
}

export type Options = Readonly<Record<string, Option>>;

/** Options of every command that opens a database. */
export const DATABASE_OPTIONS: Options = {
  database: {
    type: 'string',
    short: 'd',
    value: 'url|directory',
    help: 'postgres://… or a data directory. Default: DATABASE_URL, then DATA_DIR.',
  },
  schema: { type: 'string', value: 'name', help: 'Schema of the ledger. Default: credits.' },
};

export const LEDGERS_OPTION: Options = {
  ledgers: {
    type: 'boolean',
    help: 'All ledgers of a list: --schema is then that of the list. Default: credits_ledgers.',
  },
};

export const JSON_OPTION: Options = { json: { type: 'boolean', help: 'One JSON object on standard output.' } };

const HELP_OPTION: Options = { help: { type: 'boolean', short: 'h', help: 'This text.' } };

/**
 * Reads what follows a command's name.
 *
 * @throws {CreditsError} `invalid_request` — an option that does not exist, or that lacks its value
 */
export function parseArguments(
  command: Command,
  words: readonly string[],
): Pick<CommandContext, 'values' | 'positionals'> {
  const options = Object.fromEntries(
    Object.entries({ ...command.options, ...HELP_OPTION }).map(([name, { type, short, multiple }]) => [
      name,
      { type, ...(short === undefined ? {} : { short }), ...(multiple === true ? { multiple } : {}) },
    ]),
  );
  let parsed;
  try {
    parsed = parseArgs({ args: [...words], options, allowPositionals: true, strict: true });
  } catch (error) {
    // The first sentence says what is wrong; the rest is about how parseArgs is programmed.
    const message = error instanceof Error ? (error.message.split(/\. |\n/)[0] ?? '') : String(error);
    throw usageError(`${message.replace(/\.$/, '')}. See "realtime-credits ${command.name} --help".`);
  }
  if (parsed.positionals.length > command.positionalsMax && parsed.values['help'] !== true) {
    const extra = parsed.positionals.slice(command.positionalsMax).join(' ');
    throw usageError(`Unexpected argument "${extra}". See "realtime-credits ${command.name} --help".`);
  }
  return { values: parsed.values as CommandContext['values'], positionals: parsed.positionals };
}

/** The help of a command. */
export function formatHelp({ usage, details, options }: Command): string {
  const rows = Object.entries({ ...options, ...HELP_OPTION }).map(([name, { short, value, help }]) => [
    `  ${short === undefined ? '   ' : `-${short},`} --${name}${value === undefined ? '' : ` <${value}>`}`,
    help,
  ]);
  const width = Math.max(...rows.map(([left = '']) => left.length)) + 2;
  const lines = rows.map(([left = '', right = '']) => `${left.padEnd(width)}${right}`);
  return `Usage: realtime-credits ${usage}\n\n${details}\n\n${lines.join('\n')}\n`;
}

/** Reads one of a few words. @throws {CreditsError} `invalid_request` — another one */
export function parseChoice<T extends string>(value: unknown, name: string, choices: readonly T[]): T {
  const chosen = choices.find((choice) => choice === value);
  if (chosen !== undefined) return chosen;
  throw usageError(`${name} must be ${choices.join(' or ')}: got "${String(value)}".`);
}
