// @vitest-environment happy-dom
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { StrictMode } from 'react';
import { renderToString } from 'react-dom/server';
import { afterEach, expect, test, vi } from 'vitest';
import { CreditsDevtools } from '../../src/devtools.ts';
import { createFollowWorld } from '../support/follow-world.ts';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
afterEach(cleanup);

const term = (name: string) => document.querySelector(`[data-term="${name}"]`)?.textContent;

test('the panel says at every moment what the number is made of', async () => {
  const { browser, openTab, server } = createFollowWorld({ versioned: true });
  const { client } = openTab('ada');
  render(
    <StrictMode>
      <CreditsDevtools client={client} placement="page" />
    </StrictMode>,
  );
  expect(term('shown')).toBe('—');
  await act(() => browser.advance(100));
  act(() => void client.open(-100, 'Server purchase'));
  expect([term('confirmed'), term('pending'), term('shown')]).toEqual(['1,000', '−100', '900']);
  expect(screen.getByRole('list', { name: 'Pending operations' }).textContent).toContain(
    '−100 Server purchase: predicted',
  );

  await act(async () => {
    server.onExchange = (exchange) => (exchange.fate = { status: 503 });
    server.endStreams('cut');
    client.hint();
    await browser.advance(200);
  });
  expect(screen.getByText('unavailable')).toBeTruthy();
  expect(screen.getByText(/^polling/)).toBeTruthy();
});

test('in the corner it is a button, and breaks nothing until it is opened; closing it ends every fault', async () => {
  const { openTab } = createFollowWorld({ versioned: true });
  const { client } = openTab('ada');
  // What React finds wrong with styles and keys; a panel for developers must not add to their noise.
  const complaints = vi.spyOn(console, 'error');
  const before = window.fetch;
  render(<CreditsDevtools client={client} />);
  const toggle = screen.getByRole('button', { name: 'Credits devtools' });
  expect(toggle.getAttribute('aria-expanded')).toBe('false');
  expect(window.fetch).toBe(before);

  fireEvent.click(toggle);
  expect(window.fetch).not.toBe(before);
  const offline = screen.getByRole('button', { name: 'Offline' });
  fireEvent.click(offline);
  expect(offline.getAttribute('aria-pressed')).toBe('true');
  expect(navigator.onLine).toBe(false);
  fireEvent.click(screen.getByRole('button', { name: '503' }));
  expect(offline.getAttribute('aria-pressed')).toBe('false');
  expect(navigator.onLine).toBe(true);

  fireEvent.click(screen.getByRole('button', { name: 'Offline' }));
  fireEvent.click(toggle);
  expect(screen.queryByRole('region')).toBeNull();
  expect(window.fetch).toBe(before);
  expect(navigator.onLine).toBe(true);
  expect(complaints).not.toHaveBeenCalled();
});

test('a stream that was asked for before the panel opened is replaced by one that can be broken, once', async () => {
  const { browser, openTab } = createFollowWorld({ versioned: true });
  const { client } = openTab('ada');
  const outages = vi.fn<() => void>();
  window.addEventListener('offline', outages);
  render(<CreditsDevtools client={client} placement="page" />);
  expect(client.getState().connection.state).not.toBe('streaming');
  await act(() => browser.advance(100));
  expect(client.getState().connection.state).toBe('streaming');
  expect(outages).toHaveBeenCalledOnce();
  await act(() => browser.advance(1_000));
  expect(outages).toHaveBeenCalledOnce();
  window.removeEventListener('offline', outages);
});

test('what can be done to a stream only, cannot be pressed where there is none', () => {
  const { openTab } = createFollowWorld({ versioned: true });
  render(<CreditsDevtools client={openTab('ada', { start: false }).client} placement="page" />);
  expect(screen.getByRole('button', { name: 'Cut the stream' }).getAttribute('aria-disabled')).toBe('true');
  expect(screen.getByText(/holds no stream/)).toBeTruthy();
});

test('a server renders nothing of it', () => {
  const { openTab } = createFollowWorld({ versioned: true });
  const { client } = openTab('ada', { start: false });
  expect(renderToString(<CreditsDevtools client={client} placement="page" />)).toBe('');
});
