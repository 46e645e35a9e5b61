/** What is said to a person at the edge of the page. What draws it, `Toaster`, takes it from here. */
export interface ShownToast {
  kind: 'success' | 'error' | 'info' | 'warning';
  title: string;
  description: string | undefined;
  duration?: number;
}

let waiting: readonly ShownToast[] = [];
const listeners = new Set<() => void>();

function show(toast: ShownToast): void {
  waiting = [...waiting, toast];
  for (const listener of listeners) listener();
}

export function waitingToasts(): readonly ShownToast[] {
  return waiting;
}

/** Takes all that is to be shown. */
export function takeToasts(): readonly ShownToast[] {
  const taken = waiting;
  waiting = [];
  return taken;
}

export function subscribeToasts(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Says that something the person did has worked. */
export function showSuccess(title: string, text?: string): void {
  show({ kind: 'success', title, description: text });
}

/** Says that something the person did has failed, and what to do: it stays a little longer. */
export function showError(title: string, text?: string): void {
  show({ kind: 'error', title, description: text, duration: 8_000 });
}

/** Says something that needs no answer. */
export function showInfo(title: string, text?: string): void {
  show({ kind: 'info', title, description: text });
}

/** Says that an outcome is open or needs a look. @public */
export function showWarning(title: string, text?: string): void {
  show({ kind: 'warning', title, description: text, duration: 8_000 });
}
