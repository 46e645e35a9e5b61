import { readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { judge } from './judge.ts';
import { openSessions, type Sessions } from './sessions.ts';
import { exchange, type WireRequest } from './wire.ts';

// What `npm run fuzz` has found, and what it must go on not finding: no browser is needed, but the pages are.

interface Case extends WireRequest {
  name: string;
  /** Of each response. */
  status: number[];
}

const CORPUS = JSON.parse(readFileSync(new URL('corpus.json', import.meta.url), 'utf8')) as Case[];
const PASSWORD = process.env['DEMO_PASSWORD'] ?? '';
let sessions: Sessions;

test.describe.configure({ mode: 'default' });
test.beforeAll(async ({ baseURL }) => {
  sessions = await openSessions(baseURL ?? '', { seed: Date.now() % 1_000_000, password: PASSWORD });
});

for (const { name, status, ...request } of CORPUS) {
  test(`hostile request: ${name}`, async ({ baseURL }) => {
    const words = sessions.words(request.as, crypto.randomUUID());
    const result = await exchange(Number(new URL(baseURL ?? '').port), request, words);
    expect(judge(result, [PASSWORD])).toBeNull();
    expect(result.responses.map((response) => response.status)).toEqual(status);
  });
}
