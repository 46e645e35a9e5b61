import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createConsumer } from '../support/consumer.ts';

let consumer: ReturnType<typeof createConsumer>;

beforeAll(() => void (consumer = createConsumer('realtime-credits')));
afterAll(() => consumer.remove());

test('all entry points load in Node, and give what they are for', () => {
  const printed = consumer.run(`
    const places = ['', '/contract', '/client', '/compat', '/react', '/devtools', '/devtools/production', '/element'];
    const names = places.map((place) => 'realtime-credits' + place);
    const loaded = await Promise.all(names.map((name) => import(name)));
    console.log(JSON.stringify(loaded.map((each) => Object.keys(each))));
  `);
  const [index, contract, client, compat, react, devtools, production, element] = JSON.parse(printed) as string[][];
  expect(index).toEqual(expect.arrayContaining(['CreditsError', 'CREDITS_ERRORS', 'parseSnapshot', 'CREDITS_PATH']));
  expect(contract).toEqual(expect.arrayContaining(index ?? []));
  expect(client?.toSorted()).toEqual([
    'CreditsError',
    'createCreditsClient',
    'isCreditsError',
    'selectShown',
    'selectView',
  ]);
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
    export const snapshot: Snapshot = parseSnapshot({});
    export const shown: number | null = selectShown(createCreditsClient().getState());
    export const hook = () => useCreditsValue(createCreditsClient(), selectShown);
    // @ts-expect-error -- a version is no text
    export const version: string = snapshot.version;
  `,
  );
  expect(consumer.compile('types.ts')).toBe('');
});

test.each(['index.js', 'contract.js', 'client.js', 'element.js'])(
  '%s reaches no package and nothing of Node: it runs anywhere',
  (entry) => {
    const { files, packages } = consumer.reach('realtime-credits', entry);
    expect(packages).toEqual([]);
    expect(files.length).toBeGreaterThan(5);
    expect(files.filter((file) => /\/react\//.test(file))).toEqual([]);
  },
);

test('the element’s script is one file that asks for no other, names its licence, and does nothing where there is no page', () => {
  const script = join(consumer.installedAt('realtime-credits'), 'dist/credits-balance.js');
  const code = readFileSync(script, 'utf8');
  expect(code).not.toMatch(/\bimport\s*[("'{*]|\bfrom\s*["']|\brequire\(/);
  expect(code).toContain('/*! realtime-credits · MIT */');
  expect(code).toContain('"credits-balance"');
  expect(consumer.run(`console.log(Object.keys(await import(${JSON.stringify(script)})).length)`).trim()).toBe('0');
});

test.each(['react.js', 'devtools.js', 'devtools-production.js'])('%s reaches React alone, for the browser', (entry) => {
  const { packages } = consumer.reach('realtime-credits', entry);
  expect(packages.filter((specifier) => specifier !== 'react/jsx-runtime')).toEqual(['react']);
  const code = readFileSync(join(consumer.installedAt('realtime-credits'), 'dist', entry), 'utf8');
  expect(code.startsWith(`'use client';`)).toBe(true);
});

test('the package depends on no other', () => {
  const manifest = JSON.parse(readFileSync(join(consumer.installedAt('realtime-credits'), 'package.json'), 'utf8'));
  expect(manifest.dependencies).toBe(undefined);
  expect(manifest.peerDependenciesMeta).toEqual({ react: { optional: true } });
});

test('the tarball has what it needs and no more', () => {
  expect(readdirSync(consumer.installedAt('realtime-credits')).toSorted()).toEqual([
    'LICENSE',
    'README.md',
    'dist',
    'package.json',
    'src',
  ]);
  // Source maps point at sources that are there: a debugger shows the code that people read.
  const map = JSON.parse(
    readFileSync(join(consumer.installedAt('realtime-credits'), 'dist/sync/client.js.map'), 'utf8'),
  );
  for (const source of map.sources)
    expect(existsSync(join(consumer.installedAt('realtime-credits'), 'dist/sync', source))).toBe(true);
});
