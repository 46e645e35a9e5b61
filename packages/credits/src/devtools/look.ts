import type { CSSProperties } from 'react';

/**
 * How the panel looks. Inline, because a package without a bundler ships no style sheet and a host's policy may forbid
 * `<style>`; `light-dark()` follows the `color-scheme` that the host has set.
 */
export const COLOR = {
  ground: 'light-dark(#ffffff, #171614)',
  raised: 'light-dark(#f5f4f2, #211f1d)',
  line: 'light-dark(#e2e0dc, #35322f)',
  text: 'light-dark(#24211e, #f1efec)',
  quiet: 'light-dark(#67625b, #aba59d)',
  credits: 'light-dark(#8a5200, #f2b84b)',
  good: 'light-dark(#1d6b3c, #7fd6a0)',
  bad: 'light-dark(#b3261e, #ff9a8f)',
  badGround: 'light-dark(#fdecea, #3a201d)',
} as const;

const MONO = 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace';

export const LOOK = {
  panel: {
    border: `1px solid ${COLOR.line}`,
    borderRadius: 12,
    background: COLOR.ground,
    color: COLOR.text,
    fontSize: 13,
    lineHeight: 1.45,
    textAlign: 'left',
    overflow: 'hidden',
    minWidth: 0,
  },
  part: { borderTop: `1px solid ${COLOR.line}`, padding: '12px 16px' },
  title: { margin: 0, fontSize: 12, fontWeight: 600, color: COLOR.quiet },
  row: { display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: 6 },
  list: { listStyle: 'none', margin: 0, padding: 0 },
  mono: { fontFamily: MONO, fontSize: 11.5, fontVariantNumeric: 'tabular-nums' },
  quiet: { color: COLOR.quiet },
  button: {
    minHeight: 32,
    padding: '4px 10px',
    border: `1px solid ${COLOR.line}`,
    borderRadius: 8,
    background: COLOR.ground,
    color: COLOR.text,
    fontFamily: 'inherit',
    fontSize: 12.5,
    fontWeight: 400,
    lineHeight: 1.45,
    cursor: 'pointer',
  },
  pressed: { border: `1px solid ${COLOR.bad}`, background: COLOR.badGround, color: COLOR.bad, fontWeight: 600 },
  disabled: { opacity: 0.55, cursor: 'not-allowed' },
} as const satisfies Record<string, CSSProperties>;
