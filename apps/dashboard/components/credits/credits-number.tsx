'use client';

import { lazy, Suspense, useState, useSyncExternalStore, type ComponentType } from 'react';
import type { NumberFlowProps } from '@number-flow/react';
import { shorten } from './format';
import { readLocale } from './locale';

type Flow = ComponentType<NumberFlowProps & { 'data-animated': string }>;

/** An animation is no reason to show an error: where the digits fail to load, the plain text stays. */
const AnimatedDigits = lazy<Flow>(() =>
  import('@number-flow/react').then(
    ({ default: digits }) => ({ default: digits as Flow }),
    () => ({ default: () => null }),
  ),
);

/**
 * The digits of a balance.
 *
 * The plain text is always there and alone decides the size, so nothing shifts when the animated digits arrive over it,
 * and a reader of the page's text finds the number. The first paint never animates. What time takes steps: digits that roll
 * every second would take 9 % of a processor core.
 *
 * @param accrued - What time has taken of the amount.
 */
export function CreditsNumber({ amount, accrued, limit }: { amount: number; accrued: number; limit: number }) {
  const awake = useAwake();
  const [last, setLast] = useState({ amount, accrued, steps: false });
  if (last.amount !== amount || last.accrued !== accrued) {
    setLast({ amount, accrued, steps: last.amount + last.accrued === amount + accrued });
  }
  const { value, format, suffix, text } = shorten(amount, limit);
  return (
    <span className="group/number relative block leading-none tabular-nums">
      <span data-credits-number className="group-has-[[data-animated]]/number:opacity-0">
        {text}
      </span>
      {awake && (
        <span aria-hidden className="absolute inset-y-0 left-0 flex items-center">
          <Suspense fallback={null}>
            <AnimatedDigits
              data-animated=""
              value={value}
              animated={!last.steps}
              format={format as NonNullable<NumberFlowProps['format']>}
              locales={readLocale()}
              suffix={suffix}
              transformTiming={TURN}
              opacityTiming={FADE}
              nonce={readNonce()}
            />
          </Suspense>
        </span>
      )}
    </span>
  );
}

const TURN = { duration: 450, easing: 'cubic-bezier(0.2, 0.8, 0.2, 1)' };
const FADE = { duration: 250, easing: 'ease-out' };

/** False on the server and in the first paint, which the plain text has to itself. */
function useAwake(): boolean {
  return useSyncExternalStore(
    () => () => undefined,
    () => true,
    () => false,
  );
}

/** The animated digits bring a style element of their own, which a strict policy only takes with the page's nonce. */
function readNonce(): string | undefined {
  return document.querySelector<HTMLScriptElement>('script[nonce]')?.nonce || undefined;
}
