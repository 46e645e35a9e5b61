import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import { bundleProgram } from '../support/bundle.ts';

// The program as an operator runs it: a process of its own, with its arguments, its standard input and its exit code.

const MAIN = await bundleProgram(fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url)), 'cli');
afterAll(() => rmSync(MAIN, { force: true }));

export interface Run {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** Standard output. */
  output: string;
  /** Standard error. */
  said: string;
}

export interface Program {
  child: ChildProcess;
  /** Resolves once what was said so far contains a text; rejects when the program ended without it. */
  until(text: string): Promise<void>;
  ended: Promise<Run>;
}

/** Starts it. The environment has nothing that names a database, unless the test says so. */
export function start(words: readonly string[], { input = '', env = {} }: StartOptions = {}): Program {
  const child = spawn(process.execPath, [MAIN, ...words], {
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      ...env,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const run: Run = { code: null, signal: null, output: '', said: '' };
  const listeners = new Set<() => void>();
  child.stdout.on('data', (bytes: Buffer) => (run.output += bytes.toString()));
  child.stderr.on('data', (bytes: Buffer) => {
    run.said += bytes.toString();
    for (const listener of listeners) listener();
  });
  child.stdin.on('error', () => undefined); // the program may end before it has read everything
  child.stdin.end(input);
  const ended = new Promise<Run>((resolve) => {
    child.once('close', (code, signal) => resolve({ ...run, code, signal }));
  });
  return {
    child,
    ended,
    until: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (run.said.includes(text)) resolve();
        };
        listeners.add(look);
        look();
        void ended.then(() => reject(new Error(`It ended without "${text}": ${run.said}`)));
      }),
  };
}

interface StartOptions {
  input?: string;
  env?: Record<string, string>;
}

/** Runs it to its end. */
export function runProgram(words: readonly string[], options: StartOptions = {}): Promise<Run> {
  return start(words, options).ended;
}

/** A directory of a test file, and files in it. */
export function createFolder(): {
  path: (name: string) => string;
  write: (name: string, text: string | Uint8Array) => string;
  remove: () => void;
} {
  const directory = mkdtempSync(join(tmpdir(), 'credits-cli-'));
  const path = (name: string): string => join(directory, name);
  return {
    path,
    write(name, text) {
      writeFileSync(path(name), text);
      return path(name);
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** All that a generator gives. */
export async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}
