import { format } from 'node:util';
import pino from 'pino';
import { isCreditsError } from 'realtime-credits';
import { currentRequest } from './http/request-scope.ts';

/**
 * The log: one line of JSON per event, on standard error. Texts of strangers are values in it, with everything escaped that
 * a terminal or a reader of lines would obey.
 */
export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'silent'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

export interface Log {
  debug(message: string, fields?: Record<string, unknown>): void;
  info(message: string, fields?: Record<string, unknown>): void;
  /** Something to look at. A fault of the database is an error; a cause that nobody expected too, with its stack. */
  warn(message: string, cause: unknown): void;
}

/** What JSON leaves as it is: escape sequences of eight bits, separators of lines, and what turns the direction of text. */
const UNSAFE = /[\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

const CAUSES_MAX = 5;

/** @param write - Takes one line, its end included. @default standard error */
export function createLog(level: LogLevel, write: (line: string) => void = (line) => process.stderr.write(line)): Log {
  const logger = pino(
    {
      level,
      base: null,
      messageKey: 'message',
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      mixin: () => {
        const request = currentRequest();
        return request === null ? {} : { requestId: request.requestId };
      },
    },
    { write: (line: string) => write(line.replaceAll(UNSAFE, escape)) },
  );
  return Object.freeze({
    debug: (message: string, fields = {}) => logger.debug(fields, message),
    info: (message: string, fields = {}) => logger.info(fields, message),
    warn(message: string, cause: unknown) {
      if (cause === undefined) logger.warn(message);
      else logger.error({ error: describeError(cause) }, message);
    },
  });
}

/** Sends what libraries print, Next for one, to the log. */
export function redirectConsole({ info, warn }: Pick<Log, 'info' | 'warn'>): void {
  const collect =
    (isWarning: boolean) =>
    (...parts: unknown[]): void => {
      const cause = parts.find((part) => part instanceof Error);
      const message = format(...parts.filter((part) => part !== cause)).trim();
      if (cause !== undefined) warn(message, cause);
      else if (isWarning) warn(message, undefined);
      else info(message);
    };
  Object.assign(console, { log: collect(false), info: collect(false), debug: collect(false) });
  Object.assign(console, { warn: collect(true), error: collect(true) });
  process.removeAllListeners('warning');
  process.on('warning', (warning) => warn(warning.message, undefined));
}

/** Expected errors say where they come from by their code; of a bug the stack is needed. */
function describeError(error: unknown, depth = 0, isBug = !isCreditsError(error)): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message, stack, cause } = error;
  const { code, digest } = error as { code?: unknown; digest?: unknown };
  return {
    name,
    message,
    ...(code === undefined ? {} : { code }),
    ...(digest === undefined ? {} : { digest }),
    ...(isBug ? { stack } : {}),
    ...(cause === undefined || depth >= CAUSES_MAX ? {} : { cause: describeError(cause, depth + 1, isBug) }),
  };
}

function escape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
