import { selectShown, type CreditsState } from '../sync/number/view.ts';
import { formatNumber, formatSigned } from './history.ts';
import { COLOR, LOOK } from './look.ts';

/** The number at every moment: what is confirmed, less what has accrued since, plus what is pending. */
export function Equation({ state }: { state: CreditsState }) {
  const { confirmed, pending, accrued } = state;
  const shown = selectShown(state);
  const sum = pending.reduce((total, { delta }) => total + delta, 0);
  return (
    <div
      style={{
        display: 'grid',
        gridTemplateColumns: accrued === 0 ? '1fr auto 1fr auto 1fr' : '1fr auto 1fr auto 1fr auto 1fr',
        alignItems: 'end',
        textAlign: 'center',
        gap: 8,
        padding: '14px 16px',
      }}
    >
      <Term name="Confirmed" value={confirmed === null ? '—' : formatNumber(confirmed.balance.available)} />
      {accrued === 0 ? null : (
        <>
          <Sign>−</Sign>
          <Term name="Accrued" value={formatNumber(accrued)} />
        </>
      )}
      <Sign>+</Sign>
      <Term name="Pending" value={formatSigned(sum)} color={pending.length === 0 ? COLOR.quiet : COLOR.text} />
      <Sign>=</Sign>
      <Term name="Shown" value={shown === null ? '—' : formatNumber(shown)} color={COLOR.credits} />
    </div>
  );
}

function Term({ name, value, color = COLOR.text }: { name: string; value: string; color?: string }) {
  return (
    <div style={{ minWidth: 0 }}>
      <div style={{ ...LOOK.quiet, fontSize: 12 }}>{name}</div>
      <div
        data-term={name.toLowerCase()}
        style={{ color, fontSize: 24, fontWeight: 600, lineHeight: 1.25, fontVariantNumeric: 'tabular-nums' }}
      >
        {value}
      </div>
    </div>
  );
}

function Sign({ children }: { children: string }) {
  return (
    <span aria-hidden style={{ ...LOOK.quiet, fontSize: 20, lineHeight: 1.5 }}>
      {children}
    </span>
  );
}
