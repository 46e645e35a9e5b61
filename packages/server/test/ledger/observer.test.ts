import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEmbedded } from '../../src/embedded.ts';
import { createLedger } from '../../src/ledger/create-ledger.ts';
import type { Ledger, VerifyReport } from '../../src/ledger/ledger.ts';
import type { ObservedCommand } from '../../src/ledger/observer.ts';
import type { Database } from '../../src/ledger/postgres/database.ts';
import { by, fresh } from '../support/ledger.ts';

const commands: ObservedCommand[] = [];
const reports: VerifyReport[] = [];
let database: Database;
let ledger: Ledger;

beforeAll(async () => {
  database = await openEmbedded({ memory: true });
  const observer = {
    onCommand: (command: ObservedCommand) => void commands.push(command),
    onVerified: (report: VerifyReport) => void reports.push(report),
  };
  ledger = await createLedger({ database, observer });
});
afterAll(async () => {
  await ledger.close();
  await database.close();
});

test('each command is observed once: carried out, repeated, refused, and inside a transaction of the host', async () => {
  const account = fresh('account');
  const grant = { ...by(account), account, amount: 5 };
  await ledger.grant(grant);
  await ledger.grant(grant);
  await ledger.spend({ ...by(account), account, amount: 50 }).catch(() => undefined);
  await ledger.spend({ ...by(account), account, amount: 0.5 }).catch(() => undefined);
  await ledger.transaction(async (transaction) => {
    await transaction.ledger.spend({ ...by(account), account, amount: 1 });
  });
  expect(commands.map(({ name, code, isReplayed }) => [name, code, isReplayed])).toEqual([
    ['grant', null, false],
    ['grant', null, true],
    ['spend', 'insufficient_credits', false],
    ['spend', 'invalid_request', false],
    ['spend', null, false],
  ]);
  for (const { durationMs } of commands) expect(durationMs).toBeGreaterThanOrEqual(0);
});

test('commands that wait are counted, and a verification is observed', async () => {
  const account = fresh('account');
  const running = Array.from({ length: 3 }, () => ledger.grant({ ...by(account), account, amount: 1 }));
  await Promise.resolve();
  expect(ledger.queueLength).toBe(3);
  await Promise.all(running);
  expect(ledger.queueLength).toBe(0);
  const report = await ledger.verify();
  expect(reports).toEqual([report]);
});
