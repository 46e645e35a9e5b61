import { anything, array, assert, asyncProperty, constant, constantFrom, oneof, record, string } from 'fast-check';
import { expect, test } from 'vitest';
import { selectShown } from '../../src/sync/number/view.ts';
import { createFollowWorld } from '../support/follow-world.ts';

/** Now and then not what it should be. */
const almost = (right: unknown) => oneof({ weight: 8, arbitrary: constant(right) }, anything(), string());

/** Nearly a frame of this version. Where all of it is right, it says 1,000 credits, which is what is shown already. */
const frameAt = (version: number) =>
  record(
    {
      account: almost('ada'),
      epoch: almost('one'),
      version: oneof(
        { weight: 8, arbitrary: constant(version) },
        constantFrom(String(version), version + 0.5, -1, 2 ** 53, null),
        anything(),
      ),
      balance: oneof(
        { weight: 4, arbitrary: constant({ posted: 1_000, held: 0, available: 1_000 }) },
        constantFrom(
          { posted: '7', held: 0, available: 7 },
          { posted: 7, held: 0, available: 8 },
          { posted: 7.5, held: 0, available: 7.5 },
          { posted: 2 ** 53, held: 0, available: 2 ** 53 },
          { available: 7 },
        ),
        anything(),
      ),
      from: almost(1),
      applied: oneof(almost([]), array(almost('operation-1'))),
      rejected: oneof(almost(undefined), array(record({ id: almost('x'), code: almost('operation_abandoned') }))),
    },
    { noNullPrototype: true },
  );

const nonsenseAt = (version: number) =>
  oneof(
    anything(),
    string(),
    { weight: 4, arbitrary: frameAt(version) },
    { weight: 2, arbitrary: record({ snapshot: frameAt(version), success: anything() }) },
    record({ user: anything() }),
  );

/** What a server may say: JSON, cut off now and then, or a page. */
const textAt = (version: number) => {
  const json = nonsenseAt(version).map((value) => toJson(value));
  return oneof(
    string(),
    { weight: 4, arbitrary: json },
    json.map((text) => text.slice(0, -1)),
    constant('<html><body>502 Bad Gateway</body></html>'),
  );
};

function toJson(value: unknown): string {
  try {
    return JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? String(part) : part)) ?? 'null';
  } catch {
    return '{';
  }
}

/**
 * Nothing that is said may throw in the background or make a number that the ledger never had. The frames that happen to
 * be right say 1,000 credits, which is what is shown already; another account's may only clear it.
 */
async function expectHarmless(play: (world: ReturnType<typeof createFollowWorld>) => Promise<void>): Promise<void> {
  const rejections: unknown[] = [];
  const listen = (reason: unknown): void => void rejections.push(reason);
  process.on('unhandledRejection', listen);
  try {
    await play(createFollowWorld({ versioned: true }));
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.off('unhandledRejection', listen);
  }
  expect(rejections).toEqual([]);
}

const known = [1_000, null];

test('over the stream, whatever comes moves nothing and throws nothing', async () => {
  await assert(
    asyncProperty(
      array(
        record({
          name: oneof({ weight: 4, arbitrary: constant('snapshot') }, constantFrom('goodbye', 'heartbeat'), string()),
          data: textAt(2),
        }),
        {
          maxLength: 6,
        },
      ),
      (events) =>
        expectHarmless(async ({ browser, openTab, server }) => {
          const fetch = server.fetchAs('ada');
          const bytes = new TextEncoder();
          const tab = browser.openTab((url, init) => {
            if (!url.endsWith('/stream')) return fetch(url, init);
            const body = new ReadableStream<Uint8Array>({
              start(controller) {
                for (const { name, data } of events)
                  controller.enqueue(bytes.encode(`event: ${name}\ndata: ${data}\n\n`));
              },
            });
            return Promise.resolve(new Response(body, { headers: { 'content-type': 'text/event-stream' } }));
          });
          const { client, numbers } = openTab('ada', { environment: tab.environment });
          await browser.advance(7_000);
          for (const number of numbers) expect(known).toContain(number);
          client.close();
        }),
    ),
    { numRuns: 60 },
  );
});

for (const versioned of [true, false]) {
  test(`in answer to questions, whatever comes moves nothing and throws nothing (${versioned ? 'versions' : 'no versions'})`, async () => {
    await assert(
      asyncProperty(textAt(2), (body) =>
        expectHarmless(async ({ browser, openTab, server }) => {
          server.versioned = versioned;
          const { client, numbers } = openTab('ada');
          await browser.advance(6_000);
          server.onExchange = (exchange) => {
            if (exchange.method === 'GET') exchange.fate = { status: 200, body };
          };
          void client.refresh({ force: true });
          await browser.advance(10_000);
          server.onExchange = () => undefined;
          await browser.advance(25_000);
          const stated = statedBalance(body);
          for (const number of numbers) expect([...known, stated]).toContain(number);
          client.close();
        }),
      ),
      { numRuns: 60 },
    );
  });

  test(`in answer to a command, whatever comes counts that command once, and throws nothing (${versioned ? 'versions' : 'no versions'})`, async () => {
    await assert(
      asyncProperty(textAt(1), constantFrom(200, 201, 400, 402, 409, 500), (body, status) =>
        expectHarmless(async ({ browser, openTab, server }) => {
          server.versioned = versioned;
          const { client, numbers, fetch } = openTab('ada');
          await browser.advance(6_000);
          // It took effect, whatever is said about it.
          const request = async ({ headers, signal }: { headers: Record<string, string>; signal: AbortSignal }) => {
            await fetch('/api/spend?amount=100', { method: 'POST', headers, signal });
            return new Response(body, { status });
          };
          client.mutate({ amount: -100, reason: 'x', request }).catch(() => undefined);
          await browser.advance(150_000);
          const stated = statedBalance(body);
          // 1,000 again: what a refusal means, until the ledger is asked.
          for (const number of numbers) expect([1_000, 900, null, stated]).toContain(number);
          const state = client.getState();
          const truth = state.account === 'ada' ? server.available('ada') : null;
          expect([selectShown(state), state.pending]).toEqual([truth, []]);
          client.close();
        }),
      ),
      { numRuns: 40 },
    );
  });
}

test('from other tabs, whatever comes moves nothing and throws nothing', async () => {
  const message = oneof(
    anything(),
    record(
      {
        kind: oneof({ weight: 4, arbitrary: constant('frame') }, constantFrom('alive', 'hint', 'left'), anything()),
        account: almost('ada'),
        snapshot: nonsenseAt(2),
        epoch: almost('one'),
        version: almost(1),
      },
      { requiredKeys: [] },
    ),
  );
  await assert(
    asyncProperty(array(message, { maxLength: 6 }), (messages) =>
      expectHarmless(async ({ browser, openTab }) => {
        const { client, numbers } = openTab();
        const other = openTab('ada', { start: false });
        await browser.advance(6_000);
        const channel = other.tab.environment.channel?.('realtime-credits:/api/credits', () => undefined);
        for (const said of messages) {
          try {
            channel?.post(said);
          } catch {
            // What cannot be copied cannot be said.
          }
        }
        await browser.advance(10_000);
        for (const number of numbers) expect(known).toContain(number);
        client.close();
      }),
    ),
    { numRuns: 60 },
  );
});

/** The balance that a text states plainly, for a host of whatever kind: then it was no nonsense. */
function statedBalance(body: string): number | null {
  try {
    const { user, data, snapshot } = JSON.parse(body) as Record<string, Record<string, unknown> | undefined>;
    const stated =
      data?.['new_balance'] ??
      user?.['coins'] ??
      (snapshot?.['balance'] as { available?: unknown } | undefined)?.available;
    return typeof stated === 'number' ? stated : null;
  } catch {
    return null;
  }
}
