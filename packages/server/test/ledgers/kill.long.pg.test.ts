import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { TransferCommand } from '../../src/ledger/commands.ts';
import { openDatabase } from '../../src/ledger/postgres/database.ts';
import { createPostgresDatabase } from '../support/database.ts';
import { endWithProcess } from '../support/end-with-process.ts';
import { balancesOf, createLedgersBench, expectVerified, openOnEach } from './bench.ts';

let url = '';
const bench = createLedgersBench(async () => {
  const created = await createPostgresDatabase();
  url = created.url;
  return { database: await openDatabase({ url }), drop: created.drop };
});

const KILLS = 20;

test(
  `${KILLS} kills of a process that sends credits between three ledgers lose and repeat nothing`,
  { timeout: 1_200_000 },
  async () => {
    const list = await bench.openNew(3);
    const { ledgers } = list;
    const accounts = [...(await openOnEach(list, 1_000)), ...(await openOnEach(list, 1_000))];
    const sent: TransferCommand[] = [];
    const done = new Set<string>();
    let found = 0;
    for (let kill = 0; kill < KILLS; kill += 1) {
      const wanted = done.size + 20 + Math.floor(Math.random() * 200);
      const child = spawn(
        process.execPath,
        [
          '--import',
          'tsx',
          fileURLToPath(new URL('transfer-process.ts', import.meta.url)),
          url,
          list.directory,
          ...accounts,
        ],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      endWithProcess(child);
      const exited = once(child, 'exit');
      for await (const line of createInterface({ input: child.stdout })) {
        if (line.startsWith('sent ')) sent.push(JSON.parse(line.slice(5)) as TransferCommand);
        if (line.startsWith('done ')) done.add(line.slice(5));
        if (done.size >= wanted) child.kill('SIGKILL');
      }
      await exited;
      const { rows } = await bench.database.pool.query(
        list.schemas
          .map((schema) => `SELECT id FROM "${schema}".holds WHERE remaining > 0 AND destination IS NOT NULL`)
          .join(' UNION ALL '),
      );
      found += rows.length;
    }
    await ledgers.recoverTransfers({ olderThanMs: 0 });
    await expectVerified(ledgers);
    const { holds } = await ledgers.allHolds();
    expect(holds).toEqual([]);
    // What every command did, by its key: a repetition tells, and changes nothing that it was not asked for.
    const lost: string[] = [];
    const expected = new Map(accounts.map((account) => [account, 1_000]));
    for (const command of sent) {
      const receipt = await ledgers.transfer(command).catch(() => null);
      if (receipt?.replayed !== true && done.has(command.idempotencyKey)) lost.push(command.idempotencyKey);
      if (receipt === null) continue;
      expected.set(command.source, (expected.get(command.source) ?? 0) - command.amount);
      expected.set(command.destination, (expected.get(command.destination) ?? 0) + command.amount);
    }
    expect(lost).toEqual([]);
    expect(await balancesOf(ledgers, accounts)).toEqual([...expected.values()]);
    expect(await ledgers.circulation()).toMatchObject({ issued: 6_000, circulating: 6_000, held: 0 });
    await expectVerified(ledgers);
    // Otherwise no kill interrupted anything.
    expect(found).toBeGreaterThan(0);
    process.stdout.write(`${sent.length} sent, ${done.size} acknowledged, ${found} left behind by ${KILLS} kills.\n`);
  },
);
