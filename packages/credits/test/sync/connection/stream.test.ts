import { expect, test } from 'vitest';
import { createFollowWorld } from '../../support/follow-world.ts';

test('a stream that is refused again and again is asked for less and less often', async () => {
  const { browser, openTab, server, sent } = createFollowWorld({ versioned: true });
  server.onExchange = (exchange) => {
    if (exchange.url === '/api/credits/stream') exchange.fate = { status: 503 };
  };
  openTab();
  await browser.advance(60_000);
  // Half of 0.5, 1, 2, 4, 8 and 16 s after one another, then half of 20 s each time.
  expect(sent('/api/credits/stream')).toHaveLength(11);
});
