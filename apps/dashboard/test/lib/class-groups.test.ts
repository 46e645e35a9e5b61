import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { twMerge } from 'tailwind-merge';
import { expect, test } from 'vitest';
import { mergeClasses } from '../../lib/class-groups.ts';

const DASHBOARD = fileURLToPath(new URL('../..', import.meta.url));

/** Whatever stands in quotes in a source may be a list of classes. */
const QUOTED = /'([^'\n]*)'|"([^"\n]*)"|`([^`]*)`/g;
const NO_CLASS = /[<>{}$'"`;,?=]|^https?:/;

function listClasses(): string[] {
  const sources = ['app', 'components', 'lib'].flatMap((folder) =>
    readdirSync(join(DASHBOARD, folder), { recursive: true, withFileTypes: true })
      .filter(({ name }) => name.endsWith('.tsx') || name === 'styles.ts')
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8')),
  );
  const words = sources.flatMap((source) =>
    [...source.matchAll(QUOTED)].flatMap(([, ...quoted]) =>
      (quoted.find((text) => text !== undefined) ?? '').split(/\s+/),
    ),
  );
  // What the whole list does not know says nothing in common with anything.
  return [...new Set(words)].filter((word) => word !== '' && !NO_CLASS.test(word) && twMerge(word, word) === word);
}

test('of any two classes of ours the short list keeps what the whole list keeps', () => {
  const classes = listClasses();
  expect(classes.length).toBeGreaterThan(500);
  const different: string[] = [];
  for (const first of classes) {
    for (const second of classes) {
      if (first === second) continue;
      const [ours, whole] = [mergeClasses(first, second), twMerge(first, second)];
      if (ours !== whole) different.push(`${first} ${second} → ${ours}, not ${whole}`);
    }
  }
  expect(different.slice(0, 20)).toEqual([]);
});
