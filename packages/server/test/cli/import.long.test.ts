import { cpSync, existsSync } from 'node:fs';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openEmbedded } from '../../src/ledger/embedded/open-embedded.ts';
import { createFolder, runProgram, start } from './program.ts';

// Each run is a process that opens a database: seconds, where processors are shared.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const folder = createFolder();
afterAll(() => folder.remove());

/** An empty ledger, made once: making one takes seconds. */
const template = folder.path('template');
let copies = 0;
beforeAll(async () => {
  const run = await runProgram(['migrate', '-d', template]);
  if (run.code !== 0) throw new Error(run.said);
});
function emptyLedger(): string {
  copies += 1;
  const directory = folder.path(`ledger-${copies}`);
  cpSync(template, directory, { recursive: true });
  return directory;
}

const listBalances = async (directory: string): Promise<string[]> => {
  const { output } = await runProgram(['export', 'balances', '-d', directory]);
  return output
    .trim()
    .split('\r\n')
    .slice(1)
    .map((line) => line.split(',').slice(0, 2).join('='));
};

test('a CSV file of a host is imported, and a second time changes nothing', async () => {
  const directory = emptyLedger();
  const file = folder.write('users.csv', '\uFEFFid,"name, if any",coins\r\n7,"Ann ""A"", the first",100\r\n8,,0\r\n');
  const words = ['import', file, '--database', directory];
  expect(await runProgram(words)).toMatchObject({
    code: 0,
    output: '2 rows, 2 accounts got 100 credits, 0 had theirs before, 0 invalid, 0 in conflict.\n',
  });
  expect(await runProgram(words)).toMatchObject({
    code: 0,
    output: '2 rows, 0 accounts got 0 credits, 2 had theirs before, 0 invalid, 0 in conflict.\n',
  });
  expect(await listBalances(directory)).toEqual(['7=100', '8=0']);
});

test('JSON lines on standard input are imported, after a dry run that writes nothing', async () => {
  const directory = folder.path('data');
  const input = '{"_id":{"$oid":"65f0aa"},"wallet":5,"coins":1}\n\n{"_id":"b","wallet":6}\n';
  const words = ['import', '-', '--format', 'jsonl', '--amount-column', 'wallet'];
  const options = { input, env: { DATA_DIR: directory } };
  // DATA_DIR is what the database lies in: as the dashboard has it.
  cpSync(template, `${directory}/database`, { recursive: true });
  const dry = await runProgram([...words, '--dry-run', '--json'], options);
  expect(JSON.parse(dry.output)).toMatchObject({ ok: true, dryRun: true, imported: 2, credits: 11 });
  expect(await listBalances(`${directory}/database`)).toEqual([]);
  const run = await runProgram([...words, '--json'], options);
  expect(run.code).toBe(0);
  expect(JSON.parse(run.output)).toMatchObject({ ok: true, dryRun: false, imported: 2, credits: 11 });
  expect(await listBalances(`${directory}/database`)).toEqual(['65f0aa=5', 'b=6']);
});

const BAD = ['id,coins', 'a,5', 'b,-1', 'c,1.5', 'd,9007199254740992', ',4', 'e f,4', 'g', 'a,5', 'h,1e3', 'i,8'].join(
  '\n',
);

test('bad rows are listed with their lines and reasons, and keep all from being written', async () => {
  const directory = emptyLedger();
  const file = folder.write('bad.csv', BAD);
  const run = await runProgram(['import', file, '-d', directory]);
  expect(run.code).toBe(1);
  expect(run.output).toContain('10 rows, 0 accounts got 0 credits, 0 had theirs before, 9 invalid');
  expect(run.output).toContain('Nothing was written');
  const listed = run.said.split('\n').filter((line) => line.startsWith('line '));
  expect(listed).toEqual([
    'line 2: account a stands again in line 9.',
    expect.stringMatching(/^line 3: credits .* got -1\.$/),
    expect.stringMatching(/^line 4: credits .* got "1\.5"\.$/),
    expect.stringMatching(/^line 5: credits .* got 9007199254740992\.$/),
    expect.stringMatching(/^line 6: account must be 1 to 128 characters/),
    expect.stringMatching(/^line 7: account must be 1 to 128 characters/),
    'line 8: the row has 1 fields, the header has 2.',
    'line 9: account a stands in line 2 already.',
    expect.stringMatching(/^line 10: credits .* got "1e3"\.$/),
  ]);
  expect(await listBalances(directory)).toEqual([]);
});

test('with --skip-invalid the other rows are imported, and the exit code says that some were not', async () => {
  const directory = emptyLedger();
  const run = await runProgram(['import', folder.write('some.csv', BAD), '-d', directory, '--skip-invalid']);
  expect(run.code).toBe(1);
  expect(run.output).toContain('1 accounts got 8 credits');
  expect(run.output).not.toContain('Nothing was written');
  expect(await listBalances(directory)).toEqual(['i=8']);
});

test('lines that are no JSON objects are named', async () => {
  const input = '{"id":"a","coins":1}\n[1]\n{"id":"b"\n{"id":"c","coins":"7"}\n';
  const run = await runProgram(['import', '-', '--format', 'jsonl', '-d', emptyLedger()], { input });
  expect(run.code).toBe(1);
  expect(run.said).toContain(
    'line 2: the line is not one JSON object.\nline 3: the line is not one JSON object.\nline 4: credits',
  );
});

test.each([
  ['a quote that is never closed', Buffer.from('id,coins\na,1\n"b,2\nc,3\n'), 'line 3: a quote that is never closed'],
  ['bytes that are not UTF-8', Buffer.from('id,coins\nM\xfcller,1\n', 'latin1'), 'not UTF-8'],
])('a file with %s is refused whole', async (_, bytes, sentence) => {
  const directory = emptyLedger();
  const file = folder.write('torn.csv', bytes);
  const run = await runProgram(['import', file, '-d', directory, '--skip-invalid']);
  expect(run).toMatchObject({ code: 1, output: '' });
  expect(run.said).toContain(sentence);
  expect(await listBalances(directory)).toEqual([]);
});

test(
  'an import that was killed is finished by the next one, and nobody is paid twice',
  { timeout: 300_000 },
  async () => {
    const directory = emptyLedger();
    const count = 8_000;
    const rows = Array.from({ length: count }, (_, index) => `user-${index},${index % 7}\n`);
    const words = ['import', folder.write('many.csv', `account,credits\n${rows.join('')}`), '-d', directory];
    const first = start(words);
    await first.until('Writing 1,000 of 8,000');
    first.child.kill('SIGKILL');
    expect(await first.ended).toMatchObject({ signal: 'SIGKILL', output: '' });

    const second = await runProgram([...words, '--json']);
    const report = JSON.parse(second.output);
    expect(report).toMatchObject({ ok: true, rows: count, invalid: 0, conflicts: 0 });
    expect(report.imported + report.unchanged).toBe(count);
    expect(report.unchanged).toBeGreaterThanOrEqual(1_000);
    expect(report.imported).toBeGreaterThan(0);
    const compared = await runProgram(['reconcile', folder.path('many.csv'), '-d', directory, '--json']);
    expect(JSON.parse(compared.output)).toMatchObject({ ok: true, equal: count });
    expect(await runProgram(['verify', '-d', directory])).toMatchObject({ code: 0 });
  },
);

test('a ledger that another process has open is refused with the pid of that process', async () => {
  const directory = emptyLedger();
  const database = await openEmbedded({ directory });
  const run = await runProgram(['verify', '-d', directory]);
  await database.close();
  expect(run).toMatchObject({ code: 3, output: '' });
  expect(run.said).toContain(`${process.pid}`);
});

test.each([['verify'], ['export', 'balances'], ['reconcile', '-', '--format', 'csv']])(
  '%s of a directory without a ledger is refused, and makes none',
  async (...words) => {
    const directory = folder.path('mistyped');
    const run = await runProgram([...words, '-d', directory]);
    expect(run).toMatchObject({ code: 3, output: '' });
    expect(run.said).toContain(`There is no database in ${directory} (--database)`);
    expect(existsSync(directory)).toBe(false);
  },
);

const WRONG: [string[], string][] = [
  [[], 'Name a command. See "realtime-credits --help".'],
  [['imprt'], 'There is no command "imprt"'],
  [['import', 'a.csv', '--skip'], `Unknown option '--skip'. See "realtime-credits import --help".`],
  [['import', 'a.csv', '--name'], 'argument missing'],
  [['import', 'a.csv', 'b.csv'], 'Unexpected argument "b.csv"'],
  [['import'], 'Name a file of rows'],
  [['import', 'users.txt'], 'Say --format csv or --format jsonl'],
  [['import', 'users', '--format', 'xml'], '--format must be csv or jsonl: got "xml"'],
  [['import', 'there-is-none.csv'], 'The file there-is-none.csv cannot be read: ENOENT'],
  [['import', '-', '--format', 'csv'], 'Name the database'],
  [['reconcile', '-', '--format', 'csv', '--balance', 'held'], '--balance must be available or posted'],
  [['reconcile', '-', '--format', 'csv', '--limit', '-1x'], '--limit'],
  [['verify', '-d', 'mysql://host/name'], 'must look like postgres://'],
  [['export', 'everything'], 'What to export must be balances or entries'],
  [['doctor'], 'Name a database, a dashboard (--url), or both.'],
  [['doctor', '--url', 'panel'], '--url must look like'],
];

test.each(WRONG)('called with %j it says what is wrong, and ends with 2', async (words, sentence) => {
  const run = await runProgram(words);
  expect(run).toMatchObject({ code: 2, output: '' });
  expect(run.said).toContain(sentence);
});

test.each([
  ['id,name\n1,a\n', 'There is no column called credits or coins or available or balance among "id", "name"'],
  ['id,coins,credits\n1,2,3\n', 'The columns coins and credits could both be meant: say --amount-column'],
  ['', 'There is no header'],
])('columns that cannot be told are asked for: %j', async (input, sentence) => {
  const run = await runProgram(['import', '-', '--format', 'csv', '-d', emptyLedger()], { input });
  expect(run).toMatchObject({ code: 2, output: '' });
  expect(run.said).toContain(sentence);
});

test('the help names every command, and each command its options', async () => {
  const all = await runProgram(['--help']);
  expect(all.code).toBe(0);
  for (const name of ['import', 'reconcile', 'verify', 'export', 'migrate', 'doctor'])
    expect(all.output).toContain(`  ${name} `);
  const one = await runProgram(['import', '--help']);
  expect(one.code).toBe(0);
  expect(one.output).toMatch(
    /^Usage: realtime-credits import <file\|-> \[options\]\n[^]*--skip-invalid {2,}Leaves out/,
  );
});
