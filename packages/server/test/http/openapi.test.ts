import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import {
  CREDITS_ERRORS,
  CREDITS_ROUTES,
  CreditsError,
  type CreditsErrorCode,
  toProblem,
} from 'realtime-credits/contract';
import { createOpenApiDocument } from '../../src/http/openapi.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { createNames, openDoor, openTestLedger } from '../support/door.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

let ledger: Ledger;
let close: () => Promise<void>;
const name = createNames();
const document = createOpenApiDocument('/api/credits');

beforeAll(async () => ({ ledger, close } = await openTestLedger()));
afterAll(() => close());

/** Every object of the document with a `$ref`, and what it points at. */
function* references(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if (key === '$ref') yield String(inner);
    else yield* references(inner);
  }
}

const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

/** Objects with nothing beside what they name: a field that the document leaves out is a difference. */
function toClosed(value: Json): Json {
  if (Array.isArray(value)) return value.map(toClosed);
  if (typeof value !== 'object' || value === null) return value;
  const closed = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toClosed(inner)] as const));
  return 'properties' in closed ? { ...closed, additionalProperties: false } : closed;
}

/** The schema of an answer, made from the document alone. */
function schemaOf(component: string): z.ZodType {
  const text = JSON.stringify({ $ref: `#/$defs/${component}`, $defs: toClosed(document.components.schemas as Json) });
  return z.fromJSONSchema(JSON.parse(text.replaceAll('#/components/schemas/', '#/$defs/')));
}

test('the document is served as it is made', async () => {
  const response = await openDoor(ledger).askAnonymously('/api/credits/openapi.json');
  expect(response.headers.get('content-type')).toContain('application/json');
  expect(await response.json()).toEqual(JSON.parse(JSON.stringify(document)));
});

test('it names every route, and nothing else', () => {
  const paths = Object.values(CREDITS_ROUTES).map((route) => `/api/credits${route}`);
  expect(Object.keys(document.paths).toSorted()).toEqual(paths.toSorted());
});

test('every reference leads somewhere', () => {
  const targets = [...references(document)];
  expect(targets.length).toBeGreaterThan(10);
  for (const target of targets) {
    expect(target).toMatch(/^#\/components\/schemas\/\w+$/);
    expect(Object.keys(document.components.schemas)).toContain(target.split('/').at(-1));
  }
});

test('every operation has what OpenAPI 3.1 asks of it', () => {
  const ids = operations.map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { operation } of operations) {
    expect(operation.summary).not.toBe('');
    expect(Object.keys(operation.responses)).toContain('200');
    for (const [status, response] of Object.entries(operation.responses)) {
      expect(status).toMatch(/^[1-5]\d\d$/);
      expect(response.description).not.toBe('');
    }
    const parameters = (operation.parameters ?? []).map((parameter) => `${parameter.in} ${parameter.name}`);
    expect(new Set(parameters).size).toBe(parameters.length);
    expect((operation.parameters ?? []).every(({ description }) => description !== '')).toBe(true);
  }
  expect(document.openapi).toBe('3.1.1');
  for (const requirement of document.security) {
    expect(Object.keys(document.components.securitySchemes)).toEqual(expect.arrayContaining(Object.keys(requirement)));
  }
});

test('every schema compiles', () => {
  for (const component of Object.keys(document.components.schemas)) expect(schemaOf(component)).toBeDefined();
});

test('real answers are what the document says, field by field', async () => {
  const user = openDoor(ledger).signIn(name('user'));
  await ledger.openAccount(user.account);
  const base = { account: user.account, actor: user.account, reason: 'Server' };
  await ledger.grant({ ...base, amount: 100, idempotencyKey: 'grant' });
  await ledger.spend({ ...base, amount: 10, idempotencyKey: 'spend', metadata: { plan: 'small' } });
  const { hold } = await ledger.hold({ ...base, amount: 20, idempotencyKey: 'hold', expiresAfterMs: 60_000 });
  await ledger.post({ actor: user.account, reason: 'Done', hold: hold?.id ?? '', amount: 5, idempotencyKey: 'post' });
  await ledger.void({ actor: user.account, reason: 'Rest', hold: hold?.id ?? '', idempotencyKey: 'void' });

  const snapshot = schemaOf('Snapshot');
  const page = schemaOf('HistoryPage');
  const problem = schemaOf('Problem');
  const ask = async (path: string) => (await user.ask(`/api/credits${path}`)).json();
  snapshot.parse(await ask(''));
  snapshot.parse(await ask('?since=0&operations=grant,never'));
  snapshot.parse(await (await user.post('/api/credits/operations/resolve', { operations: ['grant', 'lost'] })).json());
  page.parse(await ask('/history'));
  page.parse(await ask('/history?limit=1'));
  const holds = schemaOf('HoldsPage');
  await ledger.hold({ ...base, amount: 3, idempotencyKey: 'open', expiresAfterMs: 60_000 });
  for (const state of ['open', 'posted', 'voided', 'expired']) holds.parse(await ask(`/holds?state=${state}`));
  expect((await ask('/holds')).holds).toHaveLength(1);
  problem.parse(await ask('?since=x'));
  problem.parse(await ask('/none'));
  const events = await user.follow();
  snapshot.parse(await events.snapshot());
  await events.leave();

  // The schemas do refuse what is not so: else the lines above would show nothing.
  expect(snapshot.safeParse({ ...(await ask('')), more: 1 }).success).toBe(false);
  expect(page.safeParse({ entries: [{}], next: null, snapshot: await ask('') }).success).toBe(false);
});

test('every error of the table is a problem of the document', () => {
  const problem = schemaOf('Problem');
  for (const code of Object.keys(CREDITS_ERRORS) as CreditsErrorCode[]) {
    const written: unknown = JSON.parse(JSON.stringify(toProblem(new CreditsError(code), 'request-1')));
    expect(problem.parse(written)).toMatchObject({ code });
  }
});

test('the statuses that routes answer are documented', async () => {
  const door = openDoor(ledger, { onWarning: () => undefined });
  const user = door.signIn(name('user'));
  const settle = document.paths['/api/credits/operations/resolve']?.post?.responses ?? {};
  const body = 'x'.repeat(70_000);
  const statuses = [
    (await door.askAnonymously('/api/credits/operations/resolve', { method: 'POST' })).status,
    (await user.post('/api/credits/operations/resolve', {})).status,
    (await user.post('/api/credits/operations/resolve', { operations: ['a'] }, { 'sec-fetch-site': 'cross-site' })).status,
    (await user.ask('/api/credits/operations/resolve', { method: 'POST', body })).status,
  ];
  expect(statuses).toEqual([401, 400, 403, 413]);
  expect(Object.keys(settle)).toEqual(expect.arrayContaining(statuses.map(String)));
});
