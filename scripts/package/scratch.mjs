// The tarballs in a project of somebody else: installed by npm from the registry with what it asks for, outside of this
// repository: nothing of ours is found by accident. Shows that the entries load without what they do not need, and
// that their types hold in a strict project, however it resolves modules, also by the rules of old (`node10`), for which
// TypeScript 5 is the last compiler.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../setup/install.mjs';
import { run, StepFailure } from '../setup/step.mjs';

const WITHOUT_REACT = [
  'realtime-credits',
  'realtime-credits/contract',
  'realtime-credits/client',
  'realtime-credits/compat',
  'realtime-credits/element',
];
/** Needs PGlite only where an embedded database is opened. */
const SERVER = 'realtime-credits-server';
const WITH_REACT = ['realtime-credits/react', 'realtime-credits/devtools', 'realtime-credits/devtools/production'];

/** TypeScript 7 knows these rules no more. */
const TYPESCRIPT_5 = 'typescript@5.9.3';

/** Every entry, used as a reader of the README would. */
const PROGRAM = `
import { CreditsError, parseSnapshot, type Snapshot } from 'realtime-credits';
import { createCreditsClient, selectShown } from 'realtime-credits/client';
import { createCreditsFetch } from 'realtime-credits/compat';
import { CreditsDevtools } from 'realtime-credits/devtools';
import type { CreditsBalanceElement } from 'realtime-credits/element';
import { CREDITS_ROUTES } from 'realtime-credits/contract';
import { useCreditsValue } from 'realtime-credits/react';
import { createCredits, createCreditsHandler, createLedger } from 'realtime-credits-server';
import { openEmbedded } from 'realtime-credits-server/embedded';

export const database = await openEmbedded({ memory: true });
export const ledger = await createLedger({ database });
export const handler = createCreditsHandler({ ledger, identify: async () => ({ account: '7' }) });
export const credits = createCredits({ database, identify: () => null });
export const snapshot: Snapshot = parseSnapshot(await (await handler.fetch(new Request('http://host/api/credits'))).json());
const client = createCreditsClient();
export const creditsFetch: typeof fetch = createCreditsFetch(client);
export const useShown = (): number | null => useCreditsValue(client, selectShown);
export const routes: Record<string, unknown> = CREDITS_ROUTES;
export const panel = CreditsDevtools;
export const element: CreditsBalanceElement | null = document.querySelector('credits-balance');
document.addEventListener('creditschange', ({ detail }) => detail.shown?.toFixed());
export const code: string = new CreditsError('internal').code;
// @ts-expect-error -- a number is no text, so these are types and not any
export const version: string = snapshot.version;
`;

const COMPILER = {
  target: 'ES2023',
  lib: ['ES2023', 'DOM', 'DOM.Iterable'],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noEmit: true,
  // Ours are checked with the rest; what others publish is theirs.
  skipLibCheck: true,
  jsx: 'react-jsx',
  types: ['node'],
};

/** @param {string[]} tarballs - Of the browser's package and the server's. @param {(what: string) => void} report */
export async function proveInstallation([credits = '', server = ''], report) {
  const scratch = mkdtempSync(join(tmpdir(), 'realtime-credits-scratch-'));
  const modules = join(scratch, 'node_modules');
  /** @param {string} code */
  const inNode = (code) => run(process.execPath, ['--input-type=module', '--eval', code], { cwd: scratch });
  try {
    writeFileSync(join(scratch, 'package.json'), '{"name":"scratch","private":true,"type":"module"}\n');
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    /** @param {string[]} packages */
    const install = (...packages) =>
      run(npm, ['install', ...packages, '--no-audit', '--no-fund', '--prefer-offline'], { cwd: scratch });
    await install(credits);
    const brought = readdirSync(modules).filter((name) => !name.startsWith('.') && name !== 'realtime-credits');
    if (brought.length > 0) throw new StepFailure(`The browser's package brings ${brought.join(', ')} along.`);
    await inNode(`for (const name of ${JSON.stringify(WITHOUT_REACT)}) await import(name);`);
    for (const name of WITH_REACT) {
      await inNode(
        `await import('${name}').then(() => process.exit(1), (error) => process.exit(/'react/.test(error.message) ? 0 : 1));`,
      );
    }

    await install(server, TYPESCRIPT_5);
    for (const name of ['react', 'zustand', 'next', '@electric-sql']) {
      if (existsSync(join(modules, name))) throw new StepFailure(`The server's package brings ${name} along.`);
    }
    await inNode(`await import('${SERVER}');`);
    await run(process.execPath, [join(modules, SERVER, 'dist/cli/main.js'), '--help'], { cwd: scratch });

    mkdirSync(join(modules, '@types'), { recursive: true });
    for (const name of ['react', '@types/react', '@types/node']) {
      if (!existsSync(join(modules, name))) symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
    }
    await inNode(`for (const name of ${JSON.stringify(WITH_REACT)}) await import(name);`);
    writeFileSync(join(scratch, 'program.ts'), PROGRAM);
    for (const [module, moduleResolution, compiler] of [
      ['NodeNext', 'NodeNext', ROOT],
      ['ESNext', 'Bundler', ROOT],
      ['ESNext', 'Node10', scratch],
    ]) {
      const compilerOptions = { ...COMPILER, module, moduleResolution };
      writeFileSync(join(scratch, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['program.ts'] }));
      const tsc = join(String(compiler), 'node_modules/typescript/bin/tsc');
      await run(process.execPath, [tsc, '-p', scratch], { cwd: scratch });
    }
    report('installed, loaded and compiled elsewhere');
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
