import { parse, TYPE, type MessageFormatElement } from '@formatjs/icu-messageformat-parser';
import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { ACTIVITY_ENGLISH } from '../../components/credits/activity/messages.ts';
import { ADJUST_ENGLISH } from '../../components/credits/admin/messages.ts';
import { ENGLISH, translateReason } from '../../components/credits/messages.ts';
import { TRANSLATION_OF_REQUEST, type Message } from '../../components/credits/translations.ts';
import { LANGUAGES, type Language } from '../../lib/languages.ts';
import { toTranslation } from '../../server/i18n/translation.ts';
import {
  causeOfRate,
  causeOfRefill,
  HOLD_EXPIRY,
  LOT_EXPIRY,
} from '../../../../packages/server/src/ledger/rules/cause.ts';

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
    // The unit may begin a sentence in one language and not in another.
    const name = element.value === 'Unit' ? 'unit' : element.value;
    shape.parts.add(element.type === TYPE.tag ? `<${name}>` : name);
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

afterEach(() => {
  vi.unstubAllGlobals();
});

const OF_COMPONENTS: Record<string, Message> = { ...ENGLISH, ...ACTIVITY_ENGLISH, ...ADJUST_ENGLISH };

/** Names that a text of the components has, without those of the unit, and what its forms are. */
function inspectMessage(message: Message): { names: string[]; forms: string[] } {
  const texts = typeof message === 'string' ? [message] : Object.values(message);
  const names = texts.flatMap((text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name));
  return {
    names: [...new Set(names)].filter((name) => !['unit', 'Unit', 'one'].includes(name)).toSorted(),
    forms: typeof message === 'string' ? [] : Object.keys(message),
  };
}

test.each(OTHERS)('the components have all texts in %s', (language) => {
  const texts = JSON.parse(readFileSync(new URL(`${language}/credits.json`, MESSAGES), 'utf8')) as Record<
    string,
    Message
  >;
  const { pluralCategories } = new Intl.PluralRules(language).resolvedOptions();
  const problems = Object.entries(OF_COMPONENTS).flatMap(([key, english]) => {
    const message = texts[key];
    if (message === undefined) return [`${key} is missing`];
    const { names, forms } = inspectMessage(message);
    if (names.join(' ') !== inspectMessage(english).names.join(' ')) return [`${key} has ${names.join(' ')}`];
    const lacks = forms.length === 0 ? [] : pluralCategories.filter((category) => !forms.includes(category));
    return lacks.filter((category) => language === 'ar' || category !== 'many').map((form) => `${key} lacks ${form}`);
  });
  const extra = Object.keys(texts).filter((key) => !(key in OF_COMPONENTS) && !/^(error|reason)\./.test(key));
  expect([...problems, ...extra]).toEqual([]);
});

test.each(OTHERS)('reasons that the ledger writes by itself are shown in %s', (language) => {
  vi.stubGlobal(TRANSLATION_OF_REQUEST, () => toTranslation(language));
  const rate = { resource: 'Survival world' } as Parameters<typeof causeOfRate>[1];
  const causes = [
    HOLD_EXPIRY,
    LOT_EXPIRY,
    ...(['charge', 'suspend', 'resume'] as const).map((verb) => causeOfRate(verb, rate)),
    causeOfRefill({ name: 'Daily' } as Parameters<typeof causeOfRefill>[0]),
  ];
  const untranslated = causes.filter(({ reason }) => translateReason(reason) === reason);
  expect(untranslated.map(({ reason }) => reason)).toEqual([]);
});

test('a text that lacks something is found', () => {
  const plural = '{n, plural, one {# server} other {# servers}}';
  expect(findProblem('de', 'Hi {name}', undefined)).toBe('is missing');
  expect(findProblem('de', 'Hi {name}', 'Hallo {nmae}')).toBe('has nmae in place of name');
  expect(findProblem('de', 'See <link>it</link>', 'Sieh es')).toBe('has no placeholder in place of <link>');
  expect(findProblem('ar', plural, plural)).toBe('lacks the plural forms few many two zero');
  expect(findProblem('es', plural, plural)).toBeNull();
});
