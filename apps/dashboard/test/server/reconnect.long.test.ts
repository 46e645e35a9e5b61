import { expect, onTestFinished, test } from 'vitest';
import { Crowd } from '../../../../bench/crowd.ts';

const CLIENTS = 5_000;
const TIMEOUT_MS = 900_000;

test(
  'clients whose server was killed are all connected again, by few statements, and have what the ledger has',
  async () => {
    const crowd = new Crowd(CLIENTS);
    onTestFinished(() => crowd.end());
    await crowd.start();
    crowd.connectAll();
    await crowd.whenOpen();
    for (let index = 0; index < 100; index += 1) crowd.send({ do: 'grant', index, key: `before:${index}` });
    await expect.poll(() => crowd.clients.filter(({ available }) => available > 1_000).length).toBe(100);
    await crowd.kill();
    await expect.poll(() => crowd.openCount).toBe(0);
    await crowd.start();
    await crowd.whenOpen();
    const { streams, queries } = await crowd.measure();
    expect(streams).toBe(CLIENTS);
    // One by one they would be one for each client, and two.
    expect(queries.snapshots).toBeLessThan(CLIENTS / 8);
    expect(queries.sessions).toBeLessThan(CLIENTS / 8);
    expect(queries.all).toBeLessThan(CLIENTS / 2);
    expect(await crowd.compare()).toEqual([]);
  },
  TIMEOUT_MS,
);
