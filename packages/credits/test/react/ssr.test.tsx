// @vitest-environment happy-dom
import { act } from 'react';
import { hydrateRoot } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import { expect, test, vi } from 'vitest';
import { useCreditsState } from '../../src/react/use-credits-state.ts';
import { createCreditsClient, type CreditsClient } from '../../src/sync/client.ts';
import { selectShown, type CreditsState } from '../../src/sync/number/view.ts';
import { createFollowWorld } from '../support/follow-world.ts';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

function Display({ client, serverState }: { client: CreditsClient; serverState: CreditsState }) {
  return <output>{selectShown(useCreditsState(client, serverState))}</output>;
}

test('what the server rendered is hydrated without a warning, although the client knows more by then', async () => {
  const { browser, openTab, server } = createFollowWorld({ versioned: true });
  const onServer = createCreditsClient({ environment: { ...openTab('ada').tab.environment, active: false } });
  onServer.seed(server.snapshot('ada'));
  const serverState = onServer.getState();
  const html = renderToString(<Display client={onServer} serverState={serverState} />);
  expect(html).toBe('<output>1000</output>');

  const { client } = openTab('ada');
  server.move('ada', 5);
  await browser.advance(100);
  const warned = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const root = document.createElement('div');
  root.innerHTML = html;
  const hydrated: unknown[] = [];
  const app = await act(() =>
    hydrateRoot(root, <Display client={client} serverState={serverState} />, {
      onRecoverableError: (error) => hydrated.push(error),
    }),
  );
  expect(hydrated).toEqual([]);
  expect(warned).not.toHaveBeenCalled();
  expect(root.textContent).toBe('1005');
  act(() => app.unmount());
  warned.mockRestore();
});
