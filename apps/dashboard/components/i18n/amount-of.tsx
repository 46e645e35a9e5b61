import type { ReactNode } from 'react';

import { Amount } from '@/components/credits/activity/amount';

/** An amount inside a sentence of `t.rich`, which has `<name>…</name>` at its place. */
export function amountOf<Name extends string>(name: Name, amount: number) {
  return { [name]: () => <Amount amount={amount} /> } as Record<Name, () => ReactNode>;
}
