// One calm line per step: its name, what was done, and the seconds it took. The output of the tools underneath is kept
// aside and shown only when the step fails: a reader who starts the dashboard wants to see its address, not 300 lines
// of a bundler.
import { spawn } from 'node:child_process';

/** How much of a failed tool's output is shown: enough for its error, not its whole run. */
const SHOWN_LINES_MAX = 80;

/** A failure that was already explained to the reader: the scripts print its message and nothing else. */
export class StepFailure extends Error {}

/** @param {number} since - `performance.now()` at the start. */
export function formatSeconds(since) {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}

/**
 * Runs one step and prints its line.
 *
 * @template T
 * @param {string} name
 * @param {(report: (what: string) => void) => Promise<T> | T} work - Reports what it did, when that is not plain from the name.
 * @returns {Promise<T>}
 */
export async function step(name, work) {
  const since = performance.now();
  let reported = '';
  process.stdout.write(`  ${name.padEnd(22)} `);
  try {
    const result = await work((what) => {
      reported = what;
    });
    process.stdout.write(`${reported === '' ? 'done' : reported} (${formatSeconds(since)})\n`);
    return result;
  } catch (error) {
    process.stdout.write(`failed (${formatSeconds(since)})\n`);
    throw error;
  }
}

/**
 * Runs a command to its end and returns its output.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, allowFailure?: boolean }} [options]
 * @returns {Promise<{ code: number, output: string }>}
 * @throws {StepFailure} It could not be run, or ended with another code than 0: with the end of what it printed.
 */
export async function run(command, args, options = {}) {
  const { cwd, env = process.env, allowFailure = false } = options;
  const chunks = /** @type {Buffer[]} */ ([]);
  const code = await new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    child.on('error', (cause) => reject(new StepFailure(`${command} could not be run: ${cause.message}`, { cause })));
    child.on('close', (exitCode, signal) => resolve(signal === null ? exitCode : 1));
  });
  const output = Buffer.concat(chunks).toString('utf8');
  if (code !== 0 && !allowFailure) {
    const end = output.trimEnd().split('\n').slice(-SHOWN_LINES_MAX).join('\n');
    throw new StepFailure(`${end}\n\n${[command, ...args].join(' ')} ended with code ${code}.`);
  }
  return { code, output };
}

/**
 * Runs a script to its end: an explained failure prints its explanation, a bug prints its stack, both exit with 1.
 *
 * @param {() => Promise<number | void>} main - Returns the exit code.
 */
export async function runMain(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    console.error(error instanceof StepFailure ? `\n${error.message}` : error);
    process.exitCode = 1;
  }
}
