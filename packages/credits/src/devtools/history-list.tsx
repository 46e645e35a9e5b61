import { useSyncExternalStore } from 'react';
import { formatNumber, type History, type HistoryLine } from './history.ts';
import { COLOR, LOOK } from './look.ts';

const CLOCK = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
});

/** What happened, newest first. A quiet line changed nothing, and says why. */
export function HistoryList({ history }: { history: History }) {
  const lines = useSyncExternalStore(history.subscribe, history.getState, history.getState);
  return (
    <div style={{ ...LOOK.part, paddingInline: 0, paddingBottom: 0 }}>
      <div style={{ ...LOOK.row, justifyContent: 'space-between', padding: '0 16px 8px' }}>
        <h3 style={LOOK.title}>What happened</h3>
        <button type="button" style={LOOK.button} onClick={history.clear}>
          Clear
        </button>
      </div>
      <div
        role="region"
        aria-label="What happened, newest first"
        tabIndex={0}
        style={{ height: 260, overflowY: 'auto', borderTop: `1px solid ${COLOR.line}` }}
      >
        {lines.length === 0 ? (
          <p style={{ ...LOOK.quiet, margin: 0, padding: 16 }}>
            Nothing yet. Change the balance, here or in another tab.
          </p>
        ) : (
          <ol style={LOOK.list}>
            {lines.map((line) => (
              <Row key={line.key} line={line} />
            ))}
          </ol>
        )}
      </div>
    </div>
  );
}

function Row({ line: { at, via, text, version, said, shown, refused } }: { line: HistoryLine }) {
  return (
    <li
      data-via={via}
      data-refused={refused}
      style={{
        display: 'grid',
        gridTemplateColumns: '5.5em minmax(0, 1fr) auto',
        gap: '0 10px',
        padding: '6px 16px',
        borderBottom: `1px solid ${COLOR.line}`,
        color: refused ? COLOR.quiet : COLOR.text,
      }}
    >
      <span style={{ fontWeight: 600, color: via === 'you' ? COLOR.credits : 'inherit' }}>{via}</span>
      <span style={{ overflowWrap: 'anywhere' }}>{text}</span>
      <span
        title="The number shown right after"
        style={{ ...LOOK.mono, fontSize: 13, fontWeight: refused ? 400 : 600 }}
      >
        {shown === null ? '—' : formatNumber(shown)}
      </span>
      <span style={{ ...LOOK.mono, ...LOOK.quiet, gridColumn: '2 / -1' }}>
        {CLOCK.format(at)}
        {version === null ? '' : ` · version ${version}`}
        {said === null ? '' : ` · says ${formatNumber(said)}`}
      </span>
    </li>
  );
}
