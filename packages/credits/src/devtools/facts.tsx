import type { ReactNode } from 'react';
import type { CreditsState } from '../sync/number/view.ts';
import { formatNumber } from './history.ts';
import { COLOR, LOOK } from './look.ts';

/** Where the confirmed balance comes from, how old it is, and how updates arrive. */
export function Facts({ state, now }: { state: CreditsState; now: number }) {
  const { account, confirmed, confirmedAt, stale, fetching, connection } = state;
  const { posted, held, available } = confirmed?.balance ?? {};
  const epoch = confirmed?.epoch ?? null;
  const age = confirmed === null ? '—' : `${Math.max(0, Math.round((now - confirmedAt) / 1_000))} s`;
  return (
    <div style={{ ...LOOK.part, background: COLOR.raised }}>
      <dl
        style={{
          display: 'grid',
          gridTemplateColumns: 'repeat(auto-fill, minmax(96px, 1fr))',
          gap: '8px 12px',
          margin: 0,
        }}
      >
        <Fact name="transport">{connection.state + (fetching ? ', asking' : '')}</Fact>
        <Fact name="version">{confirmed?.version ?? '—'}</Fact>
        <Fact name="epoch">{epoch === null ? '—' : <abbr title={epoch}>{epoch.slice(0, 8)}</abbr>}</Fact>
        <Fact name="age">{stale ? <span style={{ color: COLOR.bad }}>{`${age}, stale`}</span> : age}</Fact>
        <Fact name="posted">{formatMaybe(posted)}</Fact>
        <Fact name="held">{formatMaybe(held)}</Fact>
        <Fact name="available">{formatMaybe(available)}</Fact>
        <Fact name="account">{account === null ? 'nobody' : <abbr title={account}>{account.slice(0, 10)}</abbr>}</Fact>
      </dl>
      {connection.error === null ? null : (
        <p style={{ margin: '8px 0 0', color: COLOR.bad, overflowWrap: 'anywhere' }}>
          <code style={LOOK.mono}>{connection.error.code}</code> {connection.error.message}
        </p>
      )}
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div style={{ minWidth: 0 }}>
      <dt style={{ ...LOOK.quiet, fontSize: 11.5 }}>{name}</dt>
      <dd style={{ ...LOOK.mono, margin: 0, overflow: 'hidden', textOverflow: 'ellipsis' }}>{children}</dd>
    </div>
  );
}

function formatMaybe(amount: number | undefined): string {
  return amount === undefined ? '—' : formatNumber(amount);
}
