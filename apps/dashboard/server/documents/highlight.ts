import { createJavaScriptRegexEngine } from '@shikijs/engine-javascript';
import html from '@shikijs/langs/html';
import http from '@shikijs/langs/http';
import json from '@shikijs/langs/json';
import nginx from '@shikijs/langs/nginx';
import php from '@shikijs/langs/php';
import shell from '@shikijs/langs/shellscript';
import sql from '@shikijs/langs/sql';
import tsx from '@shikijs/langs/tsx';
import { codeToTokensBase, createShikiPrimitive, type ShikiPrimitive } from '@shikijs/primitive';
import type { CodePiece } from '../../lib/docs/document.ts';

/**
 * Code in colours: a browser gets words and classes. A grammar takes up to a second to be compiled, so only the worker
 * beside this file calls it: streams wait for nobody's reading. The theme below has no colours of its own but
 * one number for each role, which becomes a class, so that dark and light are the stylesheet's business as everywhere.
 */

const ROLES = {
  '#000001': 'text-code-keyword',
  '#000002': 'text-code-string',
  '#000003': 'text-muted-foreground italic',
  '#000004': 'text-code-name',
} as const;

const [KEYWORD, STRING, COMMENT, NAME] = Object.keys(ROLES);

/** Where two fit, the longer scope counts. */
const SETTINGS = [
  { scope: ['keyword', 'storage', 'keyword.other.DML', 'entity.name.tag', 'variable.language'], color: KEYWORD },
  { scope: ['keyword.operator', 'punctuation', 'storage.type.function.arrow'], color: '#000000' },
  { scope: ['keyword.operator.new', 'keyword.operator.expression'], color: KEYWORD },
  {
    scope: ['string', 'punctuation.definition.string', 'constant.numeric', 'constant.language', 'constant.character'],
    color: STRING,
  },
  { scope: ['string.unquoted'], color: '#000000' },
  { scope: ['comment', 'punctuation.definition.comment'], color: COMMENT },
  {
    scope: ['entity.name.function', 'entity.name.command', 'support.type.property-name', 'keyword.directive'],
    color: NAME,
  },
];

const THEME = {
  name: 'roles',
  type: 'light' as const,
  fg: '#000000',
  bg: '#ffffff',
  settings: [
    { settings: { foreground: '#000000', background: '#ffffff' } },
    ...SETTINGS.map(({ scope, color = '#000000' }) => ({ scope, settings: { foreground: color } })),
  ],
};

/** What a block may call its language, and the grammar that reads it. */
const GRAMMARS: Readonly<Record<string, string>> = {
  ts: 'tsx',
  tsx: 'tsx',
  js: 'tsx',
  sh: 'shellscript',
  json: 'json',
  sql: 'sql',
  http: 'http',
  html: 'html',
  css: 'css',
  nginx: 'nginx',
  php: 'php',
};

/** Languages that are shown as they are. */
const PLAIN = ['text', 'caddyfile', 'csv'];

/** Whether blocks of this language are shown as somebody meant them to be. */
export function isKnownLanguage(language: string): boolean {
  return language in GRAMMARS || PLAIN.includes(language);
}

/** Without a limit of time: on a busy machine the rest of a line would lose its colours, and only there. */
const OPTIONS = { theme: THEME.name, tokenizeTimeLimit: 0 };

let shiki: ShikiPrimitive | null = null;

function openHighlighter(): ShikiPrimitive {
  shiki ??= createShikiPrimitive({
    langs: [html, http, json, nginx, php, shell, sql, tsx].flat(),
    themes: [THEME],
    engine: createJavaScriptRegexEngine(),
  });
  return shiki;
}

/** Lines of coloured pieces. A language that is not known has no colours. */
export function highlight(code: string, language: string): CodePiece[][] {
  const grammar = GRAMMARS[language];
  if (grammar === undefined) return code.split('\n').map((text) => [{ text, className: null }]);
  return codeToTokensBase(openHighlighter(), code, { ...OPTIONS, lang: grammar }).map((line) =>
    line.map(({ content, color }) => ({
      text: content,
      className: (ROLES as Record<string, string>)[color ?? ''] ?? null,
    })),
  );
}
