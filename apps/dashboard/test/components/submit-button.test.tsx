// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import type { FormEventHandler } from 'react';
import { afterEach, expect, test, vi } from 'vitest';
import { SubmitButton } from '@/components/credits/ui/submit-button';

afterEach(cleanup);

function setUp(state: { pending: boolean; disabled?: boolean }) {
  const onSubmit = vi.fn<FormEventHandler>((event) => event.preventDefault());
  render(
    <form onSubmit={onSubmit}>
      <SubmitButton {...state}>Send</SubmitButton>
    </form>,
  );
  return { onSubmit, button: screen.getByRole('button', { name: /Send/ }) };
}

test('a form is sent by its button', () => {
  const { onSubmit, button } = setUp({ pending: false });
  fireEvent.click(button);
  expect(onSubmit).toHaveBeenCalledTimes(1);
});

test('nothing is sent while an answer is awaited, and the button keeps the focus', () => {
  const { onSubmit, button } = setUp({ pending: true });
  button.focus();
  fireEvent.click(button);
  expect(onSubmit).not.toHaveBeenCalled();
  expect(document.activeElement).toBe(button);
});

test('a button that cannot be used says so instead of going away from the keyboard', () => {
  const { onSubmit, button } = setUp({ pending: false, disabled: true });
  fireEvent.click(button);
  expect(onSubmit).not.toHaveBeenCalled();
  expect(button.getAttribute('aria-disabled')).toBe('true');
  expect(button.hasAttribute('disabled')).toBe(false);
});
