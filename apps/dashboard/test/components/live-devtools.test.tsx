import { renderToString } from 'react-dom/server';
import { expect, test } from 'vitest';
import CreditsUpdateExample from '@/components/examples/CreditsUpdateExample';

test('A16: the server renders no boundary of the examples, of which React 18 complains when it is updated before it is hydrated', () => {
  const html = renderToString(<CreditsUpdateExample />);
  expect(html).toContain('animate-pulse');
  expect(html).not.toContain('<!--$');
});
