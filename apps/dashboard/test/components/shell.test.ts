import { expect, test } from 'vitest';
import { findActive, toNavigation } from '@/components/shell/navigation';
import { translator } from '../support/texts.tsx';

const t = translator('shell.navigation');

const hrefs = (viewer: { admin: boolean; demo: boolean }) =>
  toNavigation(viewer, t).flatMap(({ items }) => items.map(({ href }) => href));

test('only administrators are shown the way to administration, and only the demo has examples', () => {
  const player = hrefs({ admin: false, demo: false });
  expect(player.filter((href) => href.startsWith('/admin'))).toEqual([]);
  expect(player).not.toContain('/examples/credits');
  expect(hrefs({ admin: true, demo: true })).toEqual(expect.arrayContaining(['/admin', '/examples/credits']));
});

test('the most exact place is the current one', () => {
  const groups = toNavigation({ admin: true, demo: true }, t);
  expect(findActive(groups, '/admin/users/u1')?.href).toBe('/admin/users');
  expect(findActive(groups, '/admin')?.href).toBe('/admin');
  expect(findActive(groups, '/servers/new')?.href).toBe('/servers');
  expect(findActive(groups, '/create-server')?.href).toBe('/servers');
});

test('the overview is current on its own page only', () => {
  const groups = toNavigation({ admin: false, demo: false }, t);
  expect(findActive(groups, '/')?.href).toBe('/');
  expect(findActive(groups, '/no/such/page')).toBeUndefined();
});
