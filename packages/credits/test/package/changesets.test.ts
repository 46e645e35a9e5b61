import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findMissingChangeset, rememberRelease } from '../../../../scripts/package/changesets.mjs';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'changesets-'));
  for (const folder of ['credits', 'server']) mkdirSync(join(root, 'packages', folder), { recursive: true });
  mkdirSync(join(root, '.changeset'));
  write('.changeset/README.md', '# Changesets\n');
  write('.changeset/released.json', '{"version":null,"surface":null}');
  write('packages/credits/api.md', 'const CREDITS_MAX = 1;\n');
  write('packages/server/api.md', 'const HOUSE_SPENT = 1;\n');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string): void {
  writeFileSync(join(root, path), text);
}

const CHANGESET = "---\n'realtime-credits': minor\n---\n\nMore credits.\n";

test('before the first release everything counts as changed, and needs a changeset', () => {
  expect(findMissingChangeset(root)).toContain('any release');
  write('.changeset/first.md', CHANGESET);
  write('.changeset/second.md', CHANGESET.replace('credits', 'credits-server'));
  expect(findMissingChangeset(root)).toBe(null);
});

test.each(['credits', 'server'])(
  'the released surface wants none; another one of %s does, and its release settles it',
  (folder) => {
    rememberRelease('0.2.0', root);
    expect(findMissingChangeset(root)).toBe(null);
    write(`packages/${folder}/api.md`, 'const CREDITS_MAX = 2;\n');
    expect(findMissingChangeset(root)).toContain('not that of 0.2.0');
    rememberRelease('0.3.0', root);
    expect(findMissingChangeset(root)).toBe(null);
  },
);

test.each([
  ['', 'nothing'],
  ['More credits.\n', 'no head'],
  ["---\n'realtime-credit': minor\n---\n\nMore.\n", 'another package'],
  ["---\n'realtime-credits': large\n---\n\nMore.\n", 'no such step'],
  ["---\n'realtime-credits': minor\n---\n\n", 'no words'],
])('a changeset that nobody would read is refused by its name: %j (%s)', (text) => {
  write('.changeset/wrong.md', text);
  expect(findMissingChangeset(root)).toContain('.changeset/wrong.md');
});
