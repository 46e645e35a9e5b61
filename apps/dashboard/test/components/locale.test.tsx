// @vitest-environment happy-dom
import { cleanup, render } from '@testing-library/react';
import { renderToString } from 'react-dom/server';
import { afterEach, expect, test, vi } from 'vitest';
import { LocalTime } from '@/components/credits/activity/local-time';
import { formatInstant } from '@/components/credits/activity/instant';
import { Runway } from '@/components/servers/runway';
import { TimeChart } from '@/components/balance/balance-chart';
import { toChartShape } from '@/components/balance/chart-shape';
import { FlowChart } from '@/components/admin/flow-chart';
import { formatCredits } from '@/lib/format';
import { Texts } from '../support/texts.tsx';

const AT = Date.parse('2026-11-26T21:05:00Z');

const FORMAT = Object.getOwnPropertyDescriptor(Intl.DateTimeFormat.prototype, 'format');

afterEach(() => {
  cleanup();
  Object.defineProperty(Intl.DateTimeFormat.prototype, 'format', FORMAT ?? {});
  vi.restoreAllMocks();
  delete document.documentElement.dataset['locale'];
  document.body.replaceChildren();
});

test('the page says in which locale it was rendered', () => {
  expect(formatCredits(1_234)).toBe('1,234');
  document.documentElement.dataset['locale'] = 'en-DE';
  expect(formatCredits(1_234)).toBe('1.234');
  document.documentElement.dataset['locale'] = 'en-US';
  expect(formatInstant(new Date(AT).toISOString(), 'short', 'UTC')).toBe('Nov 26');
});

const shape = toChartShape([{ available: 5, created_at: '2026-11-20T21:05:00Z' }], { fromMs: null, nowMs: AT });
const day = { day: '2026-11-26', issued: 5, spent: 2, expired: 0, circulating: 3, ends_at: new Date(AT).toISOString() };

test.each([
  ['an instant', <LocalTime key="t" iso={new Date(AT).toISOString()} style="day" />],
  ['a runway', <Runway key="r" until={AT + 3_600_000} renderedAt={AT} />],
  ['a chart', shape === null ? null : <TimeChart key="c" shape={shape} />],
  ['bars', <FlowChart key="f" days={[day]} />],
])('A18: a browser whose locale data differ from the server’s hydrates %s without an error', (_what, element) => {
  const root = document.body.appendChild(document.createElement('div'));
  root.innerHTML = renderToString(<Texts>{element}</Texts>);
  // As WebKit: "Thursday, 26 November" for "Thursday 26 November".
  Object.defineProperty(Intl.DateTimeFormat.prototype, 'format', {
    ...FORMAT,
    get(this: Intl.DateTimeFormat) {
      const write = Reflect.apply(FORMAT?.get ?? (() => String), this, []) as (at?: Date | number) => string;
      return (at?: Date | number) => `${write(at)},`;
    },
  });
  const errors: unknown[] = [];
  vi.spyOn(console, 'error').mockImplementation((...parts) => errors.push(parts));
  render(<Texts>{element}</Texts>, {
    container: root,
    hydrate: true,
    onRecoverableError: (error) => errors.push(error),
  });
  expect(errors).toEqual([]);
});
