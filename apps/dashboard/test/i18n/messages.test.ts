import { parse, TYPE, type MessageFormatElement } from '@formatjs/icu-messageformat-parser';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { LANGUAGES, type Language } from '../../lib/languages.ts';

const MESSAGES = new URL('../../messages/', import.meta.url);
const OTHERS = Object.keys(LANGUAGES).filter((language) => language !== 'en') as Language[];
const AREAS = readdirSync(new URL('en/', MESSAGES));

interface Tree {
  [key: string]: Tree | string;
}

/** `a.b` and its text, for each text of an area. */
function readArea(language: string, area: string): Map<string, string> {
  const flatten = (tree: Tree, path = ''): [string, string][] =>
    Object.entries(tree).flatMap(([key, value]): [string, string][] =>
      typeof value === 'string' ? [[path + key, value]] : flatten(value, `${path}${key}.`),
    );
  return new Map(flatten(JSON.parse(readFileSync(new URL(`${language}/${area}`, MESSAGES), 'utf8')) as Tree));
}

interface Shape {
  /** Arguments and tags, each with its kind: `name`, `<b>`. */
  parts: Set<string>;
  /** Forms that a plural has. */
  plurals: Set<string>[];
}

function inspect(text: string): Shape {
  const shape: Shape = { parts: new Set(), plurals: [] };
  const visit = (element: MessageFormatElement): void => {
    if (element.type === TYPE.literal || element.type === TYPE.pound) return;
    shape.parts.add(element.type === TYPE.tag ? `<${element.value}>` : element.value);
    if (element.type === TYPE.tag) element.children.forEach(visit);
    if (element.type !== TYPE.plural && element.type !== TYPE.select) return;
    if (element.type === TYPE.plural) shape.plurals.push(new Set(Object.keys(element.options)));
    for (const { value } of Object.values(element.options)) value.forEach(visit);
  };
  parse(text).forEach(visit);
  return shape;
}

/** What is wrong with a translation of a text. */
function findProblem(language: Language, english: string, translated: string | undefined): string | null {
  if (translated === undefined) return 'is missing';
  if (translated.trim() === '' && english.trim() !== '') return 'is empty';
  const [wanted, found] = [inspect(english), inspect(translated)];
  const [parts, foundParts] = [wanted.parts, found.parts].map((names) => [...names].toSorted().join(' '));
  if (parts !== foundParts) return `has ${foundParts || 'no placeholder'} in place of ${parts || 'none'}`;
  const { pluralCategories } = new Intl.PluralRules(language).resolvedOptions();
  const lacks = found.plurals.flatMap((forms) =>
    pluralCategories.filter((category) => !forms.has(category) && !(category === 'zero' && forms.has('=0'))),
  );
  // Spanish and Portuguese have a form for whole millions, which "other" serves as well.
  const needed = lacks.filter((category) => language === 'ar' || category !== 'many');
  return needed.length === 0 ? null : `lacks the plural forms ${needed.join(' ')}`;
}

describe.each(OTHERS)('%s', (language) => {
  test('has the areas of English', () => {
    const areas = readdirSync(new URL(`${language}/`, MESSAGES)).filter((area) => area !== 'credits.json');
    expect(areas).toEqual(AREAS);
  });

  test.each(AREAS)('%s has the keys, placeholders, tags and plural forms that it needs', (area) => {
    const english = readArea('en', area);
    const translated = readArea(language, area);
    const problems = [...english].flatMap(([key, text]) => {
      const problem = findProblem(language, text, translated.get(key));
      return problem === null ? [] : [`${key} ${problem}`];
    });
    const extra = [...translated.keys()].filter((key) => !english.has(key)).map((key) => `${key} is not in English`);
    expect([...problems, ...extra]).toEqual([]);
  });
});

test('a text that lacks something is found', () => {
  const plural = '{n, plural, one {# server} other {# servers}}';
  expect(findProblem('de', 'Hi {name}', undefined)).toBe('is missing');
  expect(findProblem('de', 'Hi {name}', 'Hallo {nmae}')).toBe('has nmae in place of name');
  expect(findProblem('de', 'See <link>it</link>', 'Sieh es')).toBe('has no placeholder in place of <link>');
  expect(findProblem('ar', plural, plural)).toBe('lacks the plural forms few many two zero');
  expect(findProblem('es', plural, plural)).toBeNull();
});
