import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = new URL('../../../', import.meta.url);
const FOLDERS: Record<string, string> = {
  package: 'packages/credits/test/',
  server: 'packages/server/test/',
  app: 'apps/dashboard/test/',
  example: 'examples/test/',
  host: 'test/hosts/legacy/test/',
  docs: 'docs/test/',
  script: 'scripts/hosts/',
};

interface Row {
  /** `D3`, `L1`, `T7` or `D1 (after the charge)`; null for promises without a number. */
  scenario: string | null;
  path: string;
}

function readRows(): Row[] {
  const text = readFileSync(new URL('docs/scenarios.md', ROOT), 'utf8');
  return text.split('\n').flatMap((line) => {
    const scenario = /^\| ([A-DLT]\d+(?: \(after the charge\))?) \|/.exec(line)?.[1] ?? null;
    const named = line.startsWith('|') ? line.matchAll(/`([a-z]+):([^`]+)`/g) : [];
    return [...named].map(([, folder = '', file = '']) => ({ scenario, path: `${FOLDERS[folder]}${file}` }));
  });
}

/** What the source of a test of this scenario contains. */
function toNameStart(scenario: string): string {
  return scenario.startsWith('T') ? `'${scenario} ` : `${scenario}: `;
}

test('the table of scenarios names files that exist, and each has a test of that scenario', () => {
  const wrong = readRows().filter(({ scenario, path }) => {
    const file = fileURLToPath(new URL(path, ROOT));
    return !existsSync(file) || (scenario !== null && !readFileSync(file, 'utf8').includes(toNameStart(scenario)));
  });
  expect(wrong).toEqual([]);
});

test('the table of scenarios is complete', () => {
  const named = new Set(readRows().map(({ scenario }) => scenario));
  const all = [
    ...Array.from({ length: 19 }, (_, index) => `A${index + 1}`),
    ...Array.from({ length: 21 }, (_, index) => `D${index + 1}`),
    ...Array.from({ length: 10 }, (_, index) => `L${index + 1}`),
    ...Array.from({ length: 7 }, (_, index) => `B${index + 1}`),
    ...Array.from({ length: 13 }, (_, index) => `C${index + 1}`),
    'D1 (after the charge)',
    'D2 (after the charge)',
    ...Array.from({ length: 22 }, (_, index) => `T${index + 1}`),
  ];
  expect(all.filter((scenario) => !named.has(scenario))).toEqual([]);
});
