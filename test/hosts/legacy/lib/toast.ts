import { create } from 'zustand';

interface Toast {
  id: number;
  kind: 'success' | 'error';
  text: string;
}

/** The last three messages, newest last. */
export const useToasts = create<{ toasts: Toast[] }>()(() => ({ toasts: [] }));

let shown = 0;

function show(kind: Toast['kind'], text: string): void {
  const toast = { id: (shown += 1), kind, text };
  useToasts.setState(({ toasts }) => ({ toasts: [...toasts, toast].slice(-3) }));
}

export const showSuccess = (text: string): void => show('success', text);
export const showError = (text: string): void => show('error', text);
