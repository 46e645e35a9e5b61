import { useEffect, useState, useSyncExternalStore } from 'react';
import { useCreditsState } from '../react/use-credits-state.ts';
import type { CreditsClient } from '../sync/client.ts';
import type { PendingOperation } from '../sync/number/view.ts';
import { Equation } from './equation.tsx';
import { Facts } from './facts.tsx';
import { FaultControls } from './fault-controls.tsx';
import { createFaults } from './faults.ts';
import { createHistory, describeOperation } from './history.ts';
import { HistoryList } from './history-list.tsx';
import { COLOR, LOOK } from './look.ts';

export interface CreditsDevtoolsProps {
  /** The client to look into: the same one that the host's displays follow. */
  client: CreditsClient;
  /** In the page where it is placed, or behind a button in the corner of the screen. @default 'corner' */
  placement?: 'page' | 'corner';
  /** Which requests its faults may break. @default those to `/api/` of the page's origin */
  affects?: (url: URL) => boolean;
}

const never = (): (() => void) => () => undefined;

/**
 * Looks into a client: confirmed, pending, transport, the last frames and why each was taken or not; and breaks this
 * tab's network on purpose. Closed, it listens to nothing and breaks nothing.
 *
 * Keyboard and screen readers: plain buttons that say whether they are pressed; the list of frames is a region that can
 * be focused and scrolled.
 */
export function DevtoolsPanel({ client, placement = 'corner', affects }: CreditsDevtoolsProps) {
  // Nothing on the server: what it would show, times above all, is different by the time a browser reads it.
  const isMounted = useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
  const [open, setOpen] = useState(placement === 'page');
  if (!isMounted) return null;
  if (placement === 'page') return <OpenPanel client={client} affects={affects} />;
  return (
    <div
      style={{
        position: 'fixed',
        zIndex: 2147483000,
        insetInlineEnd: 12,
        insetBlockEnd: 12,
        width: open ? 'min(480px, calc(100vw - 24px))' : 'auto',
        maxHeight: 'calc(100dvh - 24px)',
        overflowY: 'auto',
        display: 'grid',
        justifyItems: 'end',
        gap: 8,
      }}
    >
      {open ? (
        <div style={{ width: '100%', boxShadow: '0 8px 32px rgb(0 0 0 / 30%)', borderRadius: 12 }}>
          <OpenPanel client={client} affects={affects} />
        </div>
      ) : null}
      <button type="button" aria-expanded={open} style={LOOK.button} onClick={() => setOpen(!open)}>
        Credits devtools
      </button>
    </div>
  );
}

function OpenPanel({
  client,
  affects,
}: Pick<CreditsDevtoolsProps, 'client'> & { affects: CreditsDevtoolsProps['affects'] }) {
  const state = useCreditsState(client);
  const [history] = useState(() => createHistory(client));
  const [faults] = useState(() => createFaults(affects === undefined ? {} : { affects }));
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  useEffect(() => history.start(), [history]);
  useEffect(() => {
    const uninstall = faults.install();
    // A stream that was asked for before cannot be broken; a new one can. Once: one that `affects` leaves out stays.
    const takeOver = (): void => {
      if (client.getState().connection.state !== 'streaming') return;
      stopWaiting();
      if (faults.getState().streams === 0) faults.reconnect();
    };
    const stopWaiting = client.subscribe(takeOver);
    takeOver();
    return () => {
      stopWaiting();
      uninstall();
    };
  }, [client, faults]);
  return (
    <section aria-label="Credits devtools" style={LOOK.panel}>
      <Equation state={state} />
      <Pending operations={state.pending} />
      <Facts state={state} now={now} />
      <FaultControls faults={faults} />
      <HistoryList history={history} />
    </section>
  );
}

function Pending({ operations }: { operations: readonly PendingOperation[] }) {
  if (operations.length === 0) return null;
  return (
    <ul aria-label="Pending operations" style={{ ...LOOK.list, ...LOOK.part, display: 'grid', gap: 2 }}>
      {operations.map((operation) => (
        <li key={operation.id} style={{ display: 'flex', justifyContent: 'space-between', gap: 12 }}>
          <span style={{ color: COLOR.credits, overflowWrap: 'anywhere' }}>{describeOperation(operation)}</span>
          <abbr title={operation.id} style={{ ...LOOK.mono, ...LOOK.quiet }}>
            {operation.id.slice(-8)}
          </abbr>
        </li>
      ))}
    </ul>
  );
}
