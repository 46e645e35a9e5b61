// @vitest-environment happy-dom
import { act } from 'react';
import { hydrateRoot } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import { afterEach, expect, test, vi } from 'vitest';
import { formatInstant, toDayKey, type InstantStyle } from '@/components/credits/activity/instant';
import { LocalTime } from '@/components/credits/activity/local-time';
import { formatUntil } from '@/components/credits/format';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

const AT = '2026-09-03T14:20:00.000Z';
const STYLES: InstantStyle[] = ['day', 'time', 'short', 'date', 'instant', 'full'];

/** Locale data of another edition: other words, another order, other marks between them. As in ICU 72: "Thursday, 3 September". */
function useOtherLocaleData(): void {
  const { DateTimeFormat } = Intl;
  const others = Object.getOwnPropertyNames(Intl).map((name) => [name, Reflect.get(Intl, name)]);
  vi.stubGlobal('Intl', {
    ...Object.fromEntries(others),
    DateTimeFormat: function (...given: ConstructorParameters<typeof DateTimeFormat>) {
      const format = new DateTimeFormat(...given);
      const formatToParts = (at?: Date | number) =>
        format
          .formatToParts(at)
          .map(({ type, value }) => ({ type, value: /^\d+$/.test(value) ? value : `${value},` }))
          .toReversed();
      return {
        resolvedOptions: () => format.resolvedOptions(),
        formatToParts,
        format: (at?: Date | number) =>
          formatToParts(at)
            .map(({ value }) => value)
            .join(''),
      };
    },
  });
}

afterEach(() => vi.unstubAllGlobals());

test.each(STYLES)('A18: a browser whose locale data differ from the server’s writes the same "%s"', async (style) => {
  const time = <LocalTime iso={AT} style={style} />;
  const html = renderToString(time);
  useOtherLocaleData();
  const complaints: unknown[] = [];
  const warned = vi.spyOn(console, 'error').mockImplementation((text) => complaints.push(text));
  const root = document.createElement('div');
  root.innerHTML = html;
  const app = await act(() => hydrateRoot(root, time, { onRecoverableError: (error) => complaints.push(error) }));
  act(() => app.unmount());
  warned.mockRestore();
  expect(complaints).toEqual([]);
});

test('A18: what is written about instants does not depend on locale data', () => {
  const write = () => [
    ...STYLES.map((style) => formatInstant(AT, style, 'Asia/Tokyo')),
    toDayKey(AT, 'Asia/Tokyo'),
    formatUntil(Date.parse(AT), Date.parse(AT) - 3_600_000, 'Asia/Tokyo'),
    formatUntil(Date.parse(AT), Date.parse(AT) - 30 * 86_400_000, 'Asia/Tokyo'),
  ];
  const onServer = write();
  expect(onServer).toEqual([
    'Thursday 3 September',
    '23:20',
    '3 Sep',
    '3 Sep 2026',
    '3 Sep, 23:20',
    '3 Sep 2026, 23:20',
    '2026-09-03',
    'until Thu 23:20',
    'until 3 Sep',
  ]);
  useOtherLocaleData();
  expect(write()).toEqual(onServer);
});
