import { CreditsError } from 'realtime-credits';
import { expect, test } from 'vitest';
import { runRequest } from '../../server/http/request-scope.ts';
import { createLog, redirectConsole, type LogLevel } from '../../server/log.ts';

function openLog(level: LogLevel = 'info') {
  const written: string[] = [];
  const log = createLog(level, (line) => void written.push(line));
  const read = (): unknown[] => written.map((line): unknown => JSON.parse(line));
  return { log, written, read };
}

const FORGED = 'x\n{"level":"fatal"}\r\n\u001b[2J\u009b2J\u0085\u2028\u2029\u202e\u2066\u0000"\\';

test('C11: whatever is in a text, an event is one line, and nothing in it moves a cursor', () => {
  const { log, written, read } = openLog();
  log.warn(FORGED, new Error(FORGED));
  log.info(FORGED, { name: FORGED });
  expect(written).toHaveLength(2);
  for (const line of written) {
    expect(line.endsWith('}\n')).toBe(true);
    // oxlint-disable-next-line no-control-regex -- these are what must not be there
    expect(line.slice(0, -1)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/);
  }
  expect(read()).toMatchObject([
    { level: 'error', message: FORGED, error: { message: FORGED } },
    { level: 'info', message: FORGED, name: FORGED },
  ]);
});

test('an event has a level, an instant, and the id of the request that it belongs to', () => {
  const { log, read } = openLog();
  runRequest({ requestId: 'request-7', acceptLanguage: null }, () => log.info('During a request.'));
  log.info('Outside of one.');
  expect(read()).toEqual([
    { level: 'info', time: expect.stringMatching(/^\d{4}-.*Z$/), requestId: 'request-7', message: 'During a request.' },
    { level: 'info', time: expect.any(String), message: 'Outside of one.' },
  ]);
});

test('A9: of a fault the log has codes and no stack; of a bug the stack', () => {
  const { log, written, read } = openLog();
  const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  log.warn('A request failed.', new CreditsError('unavailable', 'The database cannot be reached.', { cause }));
  log.warn('A request failed.', new TypeError('x is not a function'));
  expect(written[0]).not.toContain('stack');
  expect(read()).toMatchObject([
    { error: { code: 'unavailable', cause: { code: 'ECONNREFUSED' } } },
    { error: { name: 'TypeError', stack: expect.stringContaining('log.test.ts') } },
  ]);
});

test('LOG_LEVEL decides what is written', () => {
  const { log, written } = openLog('error');
  log.info('Nothing of interest.');
  log.warn('Look at this.', undefined);
  expect(written).toEqual([]);
  const debug = openLog('debug');
  debug.log.debug('Everything.');
  expect(debug.written).toHaveLength(1);
});

test('C11: what libraries print is in the log, too', () => {
  const { log, written, read } = openLog();
  const original = { ...console };
  const listeners = process.listeners('warning');
  try {
    redirectConsole(log);
    console.error('⨯', new Error('A page\nfailed.'));
    console.log('%s is ready\n', 'Next');
    process.emit('warning', new Error('six\nlines'));
  } finally {
    Object.assign(console, original);
    process.removeAllListeners('warning');
    for (const listener of listeners) process.on('warning', listener);
  }
  expect(written).toHaveLength(3);
  expect(read()).toMatchObject([
    { level: 'error', message: '⨯', error: { message: 'A page\nfailed.' } },
    { level: 'info', message: 'Next is ready' },
    { level: 'warn', message: 'six\nlines' },
  ]);
});
