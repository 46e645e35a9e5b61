// Words that readers would have to translate, and what to write instead: the field's own terms, or plain English. Rules of
// the sync client have names, and a number alone explains none. docs/decisions.md keeps the words of its time.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './setup/install.mjs';

/** Between two words of one sentence: also a line break inside a comment. */
const GAP = String.raw`(?:[^\S\n]+|[^\S\n]*\n\s*(?:(?:\*|//|#|--)\s+)?)`;

/** @type {[RegExp, string][]} What is found, and what to write. */
const TERMS = [
  [/\bdoors?\b/i, 'handler, HTTP API'],
  [/\b(?:over)?hear(?:s|d|ing)?\b/i, 'receives, is notified, observes, listens'],
  [/\bheed(?:s|ed)?\b/i, 'onModelChanged'],
  [/\bmisunderst(?:and|ood)\w*/i, 'reportProtocolError'],
  [/\brelay(?:s|ed|ing)?\b/i, 'broadcast'],
  [/\bspreads?\b/i, 'broadcast, distribute'],
  [/\bnews\b/i, 'updates, connection'],
  [/\bdoubts?\b|\bdoubt(?:ed|ful)\b/i, 'unknown, undecided'],
  [/\bspoilt\b/i, 'invalidated'],
  [/\bseats?\b/i, 'subscription'],
  [/\bretired?\b/i, 'evict'],
  [/\bcontradict(?:s|ed|ions?)?\b/i, 'mismatch, conflict'],
  [/\bwalk(?:s|ed|ing)?\b/i, 'scan'],
  [/\bcures\b/i, 'followUps'],
  [/\boncePerProcess\b/, 'singleton'],
  [/\bhouse:|\bhouse accounts?\b|\bthe house\b/i, 'system account'],
  [/\bpatien(?:ce|t|tly)\b|\bPATIENCE_/i, 'timeout, back-off'],
  [/\bbeats?\b/i, 'heartbeat'],
  [/\b(?:life|lives)\b/i, 'epoch (ledger), session (client), runs, is in'],
  [/\bbeliev(?:e[sd]?|ing)\b/i, 'accepted, trusted, assumed'],
  [/\bsay[A-Z]\w*|(?:[{(,.]|\b(?:function|const|let)) ?say\b(?=[ :,()=}])|^[^\S\n]*say[(:]/, 'print, report, publish'],
  [/\bwhoever\b/i, 'the caller, the user'],
  [/\bwhat of\b|\bwhat bec(?:ame|omes) of\b/i, 'which, the outcome of'],
  [/[,;] else [a-z]+/, 'otherwise'],
  [/\banew\b/i, 'again'],
  [/\bwholly\b/i, 'in full'],
  [/\bmend(?:s|ed|ing)?\b/i, 'fix, repair'],
  [/\bdear(?:er|est|ly)?\b/i, 'expensive'],
  [/\bmet\b/, 'conflicted, was used, happened'],
  [new RegExp(`,${GAP}so${GAP}that\\b`, 'i'), 'two sentences, or "so"'],
  [/\*\*[WX]\d{1,2}a?\.\*\*/, "the rule's name"],
  [/\bS(?:[1-9]|10)a?(?=[:;,)]| \|)/, "the rule's name, such as account fence"],
  [/\b4a(?=[.):\]])|['`"(][345]a?\.\d+(?=[:)])|^\| [345]a?\.\d+ \|/, "the rule's name, such as window fence"],
];

const FILES = ['*.ts', '*.tsx', '*.mjs', '*.md', '*.css', '*.json', '*.vue', '*.yml', '.ci/run'];
const EXCLUDED = [
  /^docs\/decisions\.md$/,
  /^package-lock\.json$/,
  /^scripts\/terms\.mjs$/,
  /\/terms\.test\.ts$/,
  /CHANGELOG\.md$/,
];

/** @param {string} text @returns {{ line: number, word: string, replacement: string }[]} */
export function findTermsIn(text) {
  return TERMS.flatMap(([pattern, replacement]) =>
    [...text.matchAll(new RegExp(pattern, `${pattern.flags}gm`))].map(({ 0: word, index }) => ({
      line: text.slice(0, index).split('\n').length,
      word: word.trim().replaceAll(/\s+(?:(?:\*|\/\/|#|--)\s+)?/g, ' '),
      replacement,
    })),
  );
}

/** @returns {string[]} One line per occurrence in the files that git tracks: `file:line "word" → replacement`. */
export function findForbiddenTerms() {
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', ...FILES], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const read = files.split('\0').filter((file) => file !== '' && !EXCLUDED.some((pattern) => pattern.test(file)));
  return read.flatMap((file) =>
    findTermsIn(readFileSync(join(ROOT, file), 'utf8')).map(
      ({ line, word, replacement }) => `${file}:${line} "${word}" → ${replacement}`,
    ),
  );
}
