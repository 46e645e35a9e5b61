import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createConsumer } from '../support/consumer.ts';

let consumer: ReturnType<typeof createConsumer>;

beforeAll(() => void (consumer = createConsumer()));
afterAll(() => consumer.remove());

const IMPORTS = /^(?:import|export)\b[^'";]*from '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm;

/** Every module that an entry point loads, ours by file and others by name. */
function reach(entry: string): { files: string[]; packages: string[] } {
  const files = new Set<string>();
  const packages = new Set<string>();
  const visit = (file: string): void => {
    if (files.has(file)) return;
    files.add(file);
    const code = readFileSync(file, 'utf8');
    for (const [, from, bare, dynamic] of code.matchAll(IMPORTS)) {
      const specifier = from ?? bare ?? dynamic ?? '';
      if (specifier.startsWith('.')) visit(join(dirname(file), specifier));
      else packages.add(specifier);
    }
  };
  visit(join(consumer.installed, 'dist', entry));
  return { files: [...files], packages: [...packages] };
}

test('all entry points load in Node, and give what they are for', () => {
  const printed = consumer.run(`
    const places = ['', '/server', '/client', '/compat', '/react', '/devtools', '/devtools/production', '/element'];
    const names = places.map((place) => 'realtime-credits' + place);
    const loaded = await Promise.all(names.map((name) => import(name)));
    console.log(JSON.stringify(loaded.map((each) => Object.keys(each))));
  `);
  const [contract, server, client, compat, react, devtools, production, element] = JSON.parse(printed) as string[][];
  expect(contract).toEqual(expect.arrayContaining(['CreditsError', 'CREDITS_ERRORS', 'parseSnapshot', 'CREDITS_PATH']));
  expect(server).toEqual(
    expect.arrayContaining([
      'openDatabase',
      'createLedger',
      'createCreditsHandler',
      'answerWithSnapshot',
      'assertSameOrigin',
      'readIdempotencyKey',
      'toProblemResponse',
      'toNextHandlers',
      'toNodeListener',
      'createServerStop',
      'importBalances',
      'compareBalances',
    ]),
  );
  expect(client?.toSorted()).toEqual(['CreditsError', 'createCreditsClient', 'isCreditsError', 'selectShown', 'selectView']);
  expect(compat).toEqual(['createCreditsFetch', 'createPredictions']);
  expect(react).toEqual(['useCreditsMutation', 'useCreditsState', 'useCreditsValue']);
  expect(devtools).toEqual(['CreditsDevtools']);
  expect(production).toEqual(['CreditsDevtools']);
  // Registers itself where there are elements; on a server, where pages are rendered, it does nothing.
  expect(element).toEqual([]);
});

test('types resolve without a bundler, and are types', () => {
  consumer.write(
    'types.ts',
    `
    import { parseSnapshot, type Snapshot } from 'realtime-credits';
    import { createCreditsClient, selectShown } from 'realtime-credits/client';
    import { useCreditsValue } from 'realtime-credits/react';
    import { createCreditsHandler, type Identity, type Ledger } from 'realtime-credits/server';
    export const snapshot: Snapshot = parseSnapshot({});
    export const shown: number | null = selectShown(createCreditsClient().getState());
    export const hook = () => useCreditsValue(createCreditsClient(), selectShown);
    export const door = (ledger: Ledger, identify: (request: Request) => Promise<Identity | null>) =>
      createCreditsHandler({ ledger, identify });
    // @ts-expect-error -- a door without a resolver is refused by the compiler
    export const open = (ledger: Ledger) => createCreditsHandler({ ledger });
    // @ts-expect-error -- nor is a version text
    export const version: string = snapshot.version;
  `,
  );
  expect(consumer.compile('types.ts')).toBe('');
});

test.each(['index.js', 'client.js', 'element.js'])(
  '%s reaches no package and nothing of Node: it runs anywhere',
  (entry) => {
    const { files, packages } = reach(entry);
    expect(packages).toEqual([]);
    expect(files.length).toBeGreaterThan(5);
    expect(files.filter((file) => /\/(http|ledger|react)\//.test(file))).toEqual([]);
  },
);

test('the element’s script is one file that asks for no other, names its licence, and does nothing where there is no page', () => {
  const script = join(consumer.installed, 'dist/credits-balance.js');
  const code = readFileSync(script, 'utf8');
  expect(code).not.toMatch(/\bimport\s*[("'{*]|\bfrom\s*["']|\brequire\(/);
  expect(code).toContain('/*! realtime-credits · MIT */');
  expect(code).toContain('"credits-balance"');
  expect(consumer.run(`console.log(Object.keys(await import(${JSON.stringify(script)})).length)`).trim()).toBe('0');
});

test.each(['react.js', 'devtools.js', 'devtools-production.js'])('%s reaches React alone, for the browser', (entry) => {
  const { packages } = reach(entry);
  expect(packages.filter((specifier) => specifier !== 'react/jsx-runtime')).toEqual(['react']);
  const code = readFileSync(join(consumer.installed, 'dist', entry), 'utf8');
  expect(code.startsWith(`'use client';`)).toBe(true);
});

test('server.js reaches the packages that it depends on, and no React', () => {
  const manifest = JSON.parse(readFileSync(join(consumer.installed, 'package.json'), 'utf8'));
  const { packages } = reach('server.js');
  const names = packages
    .filter((specifier) => !specifier.startsWith('node:'))
    .map((specifier) => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/'));
  // Types are for the compiler of whoever installs it: no code asks for them.
  const running = Object.keys(manifest.dependencies).filter((name) => !name.startsWith('@types/'));
  expect(new Set(names)).toEqual(new Set(running));
});

test('the program runs where the package is installed, and reaches the ledger alone', () => {
  const manifest = JSON.parse(readFileSync(join(consumer.installed, 'package.json'), 'utf8'));
  const program = join(consumer.installed, manifest.bin['realtime-credits']);
  expect(readFileSync(program, 'utf8').startsWith('#!/usr/bin/env node\n')).toBe(true);
  expect(execFileSync(process.execPath, [program, '--help'], { encoding: 'utf8' })).toContain(
    'realtime-credits <command>',
  );
  const { files } = reach('cli/main.js');
  expect(files.filter((file) => /\/dist\/(http|sync|react|devtools)\//.test(file))).toEqual([]);
});

test('the tarball has what it needs and no more', () => {
  expect(readdirSync(consumer.installed).toSorted()).toEqual(['LICENSE', 'README.md', 'dist', 'package.json', 'src']);
  // Source maps point at sources that are there, so that a debugger shows the code that people read.
  const map = JSON.parse(readFileSync(join(consumer.installed, 'dist/http/handler.js.map'), 'utf8'));
  for (const source of map.sources) expect(existsSync(join(consumer.installed, 'dist/http', source))).toBe(true);
});
