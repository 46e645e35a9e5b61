import { readJson } from 'realtime-credits-server';
import { expect, test } from 'vitest';
import { toCommandRoute } from '../../recipes/command-route.ts';
import { useLedger } from '../support/test-ledger.ts';

// That it knows its people and counts a key once is shown by each of the hosts.

const bench = useLedger();
const send = (headers: Record<string, string> = {}) =>
  new Request('https://panel.example/api/buy', { method: 'POST', headers });

test('a bug says nothing to the browser and everything to the operator', async () => {
  const warnings: unknown[] = [];
  const { ledger } = bench;
  const identify = async () => ({ account: 'ada' });
  const onWarning = (message: string, cause: unknown) => warnings.push(message, cause);
  const bug = new Error('secret_table is missing');
  const answer = await toCommandRoute({ ledger, identify, onWarning }, () => Promise.reject(bug))(send());
  const problem = (await answer.json()) as { requestId: string };
  expect([answer.status, problem]).toMatchObject([500, { code: 'internal' }]);
  expect(JSON.stringify(problem)).not.toContain('secret_table');
  expect(warnings).toEqual([expect.stringContaining(problem.requestId), bug]);
});

test('what a command is refused with reaches the browser with its code, and no operator', async () => {
  const account = await bench.openAccount(5);
  const identify = async () => ({ account });
  const onWarning = (message: string) => {
    throw new Error(message);
  };
  const buy = toCommandRoute({ ledger: bench.ledger, identify, onWarning }, (command) =>
    bench.ledger.spend({ ...command, actor: account, amount: 10, reason: 'Server' }),
  );
  const answer = await buy(send());
  expect(answer.status).toBe(402);
  expect(await answer.json()).toMatchObject({ details: { requested: 10, available: 5 } });
  expect((await buy(send({ 'idempotency-key': 'no key' }))).status).toBe(400);
  expect(await bench.readAvailable(account)).toBe(5);
});

test('a command may depend on what the page asked for', async () => {
  const account = await bench.openAccount(100);
  const buy = toCommandRoute(
    { ledger: bench.ledger, identify: async () => ({ account }) },
    async ({ request, ...command }) => {
      const { amount } = (await readJson(request)) as { amount: number };
      await bench.ledger.spend({ ...command, actor: account, amount, reason: 'Server' });
    },
  );
  const ask = (body: string) => buy(new Request('https://panel.example/api/buy', { method: 'POST', body }));
  expect((await ask('{"amount":30}')).status).toBe(200);
  expect((await ask('thirty')).status).toBe(400);
  expect(await bench.readAvailable(account)).toBe(70);
});
