import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const FOLDER = new URL('../../../src/ledger/rules/', import.meta.url);

// What lint can check of an import, it does. That nothing waits between lock and commit is checked here.
test.each(readdirSync(FOLDER))('rules/%s waits for nothing', (name) => {
  const source = readFileSync(new URL(name, FOLDER), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
  expect(source).not.toMatch(/\b(async|await|Promise|setTimeout|setImmediate|Date\.now|new Date\(\))/);
});
