import { CreditsError } from 'realtime-credits/contract';
import type { Options } from './arguments.ts';
import type { Terminal } from './terminal.ts';

/** What a process ends with. */
export const EXIT = {
  ok: 0,
  /** It ran, and found differences, rows that cannot be used, or something that fails. */
  found: 1,
  /** It was called wrongly; nothing was changed. */
  usage: 2,
  /** It could not be done: no database, no file, no answer. Nothing is half done that the next run does not finish. */
  failed: 3,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export interface CommandContext {
  values: Record<string, string | boolean | string[] | undefined>;
  positionals: string[];
  environment: Readonly<Record<string, string | undefined>>;
  terminal: Terminal;
}

export interface Command {
  name: string;
  /** What stands in the list of commands. */
  summary: string;
  /** How it is called, and what there is to know beyond its options. */
  usage: string;
  details: string;
  options: Options;
  /** How many words it takes beside its options. */
  positionalsMax: number;
  run(context: CommandContext): Promise<ExitCode>;
}

/** A call that cannot be meant: ends the process with {@link EXIT.usage}. */
export function usageError(message: string): CreditsError {
  return new CreditsError('invalid_request', message, { details: { field: 'usage' } });
}
