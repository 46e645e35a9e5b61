// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import { AdjustDialog } from '@/components/credits/admin/adjust-dialog';

const ADA = { id: 7, username: 'ada', coins: 500, version: 12 };

interface Asked {
  method: string;
  path: string;
  key: string | null;
  body: unknown;
}

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function answerWith(...answers: [status: number, body: unknown][]): Asked[] {
  const asked: Asked[] = [];
  vi.stubGlobal('fetch', async (path: string, init: RequestInit = {}) => {
    if (!path.startsWith('/api/admin')) return new Response(null, { status: 401 });
    const written = typeof init.body === 'string' ? (JSON.parse(init.body) as unknown) : null;
    const key = new Headers(init.headers).get('idempotency-key');
    asked.push({ method: init.method ?? 'GET', path, key, body: written });
    const [status, body] = answers.shift() ?? [500, {}];
    return Response.json(body, { status });
  });
  return asked;
}

async function fillIn(amount: string, reason: string): Promise<void> {
  fireEvent.click(screen.getByRole('button', { name: 'Adjust' }));
  fireEvent.change(await screen.findByRole('textbox', { name: 'Amount' }), { target: { value: amount } });
  fireEvent.change(screen.getByRole('textbox', { name: 'Reason' }), { target: { value: reason } });
}

const submit = () => fireEvent.submit(screen.getByRole('textbox', { name: 'Reason' }));

test('an adjustment is sent once under a key, told to its page, and closes the dialog', async () => {
  const asked = answerWith([200, { success: true, data: { balance_before: 500, balance_after: 450 } }]);
  const handleAnswer = vi.fn<(adjustment: unknown) => void>();
  render(<AdjustDialog user={ADA} onAnswer={handleAnswer} />);
  await fillIn('−50', 'Chargeback');
  submit();
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(asked).toMatchObject([
    { method: 'POST', path: '/api/admin/users/7/coins', body: { amount: -50, reason: 'Chargeback' } },
  ]);
  expect(asked[0]?.key).toMatch(/^[0-9a-z-]{20,40}$/);
  expect(handleAnswer.mock.calls).toEqual([[{ before: 500, after: 450 }]]);
});

test('administration: an adjustment that needs an approval is said to wait, and not to be made', async () => {
  answerWith([202, { success: true, message: 'It waits for another administrator.', data: null }]);
  const handleAnswer = vi.fn<(adjustment: unknown) => void>();
  render(<AdjustDialog user={ADA} onAnswer={handleAnswer} />);
  await fillIn('2000000', 'Far too much');
  submit();
  await waitFor(() => expect(screen.getByRole('status').textContent).toBe('It waits for another administrator.'));
  expect(handleAnswer.mock.calls).toEqual([[null]]);
});

test('the same adjustment after a lost answer carries the same key', async () => {
  const asked = answerWith(
    [503, { message: 'Try again shortly.' }],
    [200, { success: true, data: { balance_before: 500, balance_after: 510 } }],
  );
  render(<AdjustDialog user={ADA} />);
  await fillIn('10', 'Present');
  submit();
  expect((await screen.findByRole('alert')).textContent).toContain('Try again shortly.');
  submit();
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(asked).toHaveLength(2);
  expect(asked[1]?.key).toBe(asked[0]?.key);
});

test('a host without versions is offered no exact balance, which would not know what it was decided on', async () => {
  answerWith();
  const { version: _none, ...withoutVersion } = ADA;
  render(<AdjustDialog user={withoutVersion} />);
  fireEvent.click(screen.getByRole('button', { name: 'Adjust' }));
  await screen.findByRole('dialog');
  expect(screen.queryByRole('tablist')).toBeNull();
  expect(screen.getByText('Less than 0 takes credits away. Now 500.')).toBeDefined();
});

test('what is missing is said beside its field, and nothing is sent', async () => {
  const asked = answerWith();
  render(<AdjustDialog user={ADA} />);
  await fillIn('0', 'no');
  submit();
  expect(screen.getAllByRole('alert').map(({ textContent }) => textContent)).toEqual([
    'Give a whole number other than 0.',
    'Say why, in at least 3 characters.',
  ]);
  expect(asked).toEqual([]);
});
