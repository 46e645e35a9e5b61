// @vitest-environment happy-dom
import { act, cleanup, render, renderHook, screen } from '@testing-library/react';
import { StrictMode, useEffect } from 'react';
import { afterEach, expect, test } from 'vitest';
import { useCreditsMutation } from '../../src/react/use-credits-mutation.ts';
import { useCreditsState } from '../../src/react/use-credits-state.ts';
import { useCreditsValue } from '../../src/react/use-credits-value.ts';
import { createCreditsClient, type CreditsClient } from '../../src/sync/client.ts';
import { selectShown } from '../../src/sync/number/view.ts';
import { createFollowWorld } from '../support/follow-world.ts';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
afterEach(cleanup);

function Display({ client, onRender }: { client: CreditsClient; onRender?: () => void }) {
  const credits = useCreditsValue(client, selectShown);
  useEffect(() => client.start(), [client]);
  onRender?.();
  return <output>{credits ?? 'unknown'}</output>;
}

test('in strict mode the number follows the client, and unmounting one display leaves the other going', async () => {
  const { browser, openTab, server } = createFollowWorld({ versioned: true });
  const { client } = openTab('ada', { start: false });
  const first = render(
    <StrictMode>
      <Display client={client} />
    </StrictMode>,
  );
  const second = render(
    <StrictMode>
      <Display client={client} />
    </StrictMode>,
  );
  await act(() => browser.advance(100));
  expect(screen.getAllByRole('status').map(({ textContent }) => textContent)).toEqual(['1000', '1000']);
  first.unmount();
  await act(async () => {
    server.move('ada', 5);
    await browser.advance(100);
  });
  expect(screen.getByRole('status').textContent).toBe('1005');
  expect(server.streams).toBe(1);
  second.unmount();
  await browser.advance(100);
  expect(client.getState().connection.state).toBe('idle');
});

test('a component that reads the number renders once for each number, not for each heartbeat', async () => {
  const { browser, openTab, server } = createFollowWorld({ versioned: true });
  const { client } = openTab('ada', { start: false });
  let renders = 0;
  render(<Display client={client} onRender={() => (renders += 1)} />);
  await act(() => browser.advance(100));
  renders = 0;
  await act(() => browser.advance(120_000));
  expect(renders).toBe(0);
  await act(async () => {
    server.move('ada', 5);
    await browser.advance(100);
  });
  expect(renders).toBe(1);
});

test('the whole state is one object that changes when it changes', async () => {
  const { browser, openTab } = createFollowWorld({ versioned: false });
  const { client } = openTab('ada');
  const { result, rerender } = renderHook(() => useCreditsState(client));
  const before = result.current;
  rerender();
  expect(result.current).toBe(before);
  await act(() => browser.advance(100));
  expect(result.current).toMatchObject({ account: 'ada', confirmed: { balance: { available: 1_000 } } });
});

test('a command is pending until its answer, and its refusal is its error', async () => {
  const { browser, openTab } = createFollowWorld({ versioned: true });
  const { client, fetch } = openTab('ada');
  await browser.advance(100);
  const { result } = renderHook(() =>
    useCreditsMutation<unknown, string>(client, {
      amount: -100,
      reason: 'Server purchase',
      request: ({ headers, signal }, query) =>
        fetch(`/api/spend?amount=100${query}`, { method: 'POST', headers, signal }),
    }),
  );
  const buy = (query: string) => result.current.mutate(query);

  let refused: Promise<unknown> = Promise.resolve();
  act(() => {
    refused = buy('&refuse').catch((error: unknown) => error);
  });
  expect(result.current).toMatchObject({ isPending: true, error: null });
  await act(() => browser.advance(100));
  expect(await refused).toMatchObject({ code: 'insufficient_credits' });
  expect(result.current).toMatchObject({ isPending: false, error: { code: 'insufficient_credits' } });

  let accepted: Promise<unknown> = Promise.resolve();
  act(() => {
    accepted = buy('');
  });
  expect(result.current).toMatchObject({ isPending: true, error: null });
  await act(() => browser.advance(100));
  expect(await accepted).toMatchObject({ success: true });
  expect(result.current).toMatchObject({ isPending: false, error: null });
});

test('two commands at once are pending until the last one ends', async () => {
  const { browser, openTab, server } = createFollowWorld({ versioned: true });
  const { client, fetch } = openTab('ada');
  await browser.advance(100);
  const { result } = renderHook(() =>
    useCreditsMutation<unknown, string>(client, {
      amount: -1,
      reason: (query) => query,
      request: ({ headers, signal }, query) => fetch(`/api/spend?${query}`, { method: 'POST', headers, signal }),
    }),
  );
  const { mutate } = result.current;
  server.onExchange = (exchange) => (exchange.backMs = exchange.url.includes('=1&') ? 500 : 5);
  act(() => {
    for (const query of ['amount=1&slow', 'amount=2']) void mutate(query);
  });
  await act(() => browser.advance(100));
  expect(result.current.isPending).toBe(true);
  await act(() => browser.advance(500));
  expect(result.current.isPending).toBe(false);
  expect(result.current.mutate).toBe(mutate);
});

test('a bad amount is a clear error of the command', async () => {
  const client = createCreditsClient({
    environment: createFollowWorld({ versioned: true }).openTab('ada').tab.environment,
  });
  const { result } = renderHook(() =>
    useCreditsMutation<unknown, number>(client, {
      amount: (amount) => amount,
      reason: 'x',
      request: () => Promise.reject(new Error('sent')),
    }),
  );
  await act(async () => {
    await expect(result.current.mutate(0.1)).rejects.toMatchObject({ code: 'invalid_request' });
  });
  expect(result.current.error?.code).toBe('invalid_request');
});
