'use client';
import { toast } from 'sonner';

/** Says that something the person did has worked. */
export function showSuccess(title: string, text?: string): void {
  toast.success(title, { description: text });
}

/** Says that something the person did has failed, and what to do: it stays a little longer. */
export function showError(title: string, text?: string): void {
  toast.error(title, { description: text, duration: 8_000 });
}

/** Says something that needs no answer. */
export function showInfo(title: string, text?: string): void {
  toast.info(title, { description: text });
}

/** Says that an outcome is open or needs a look. @public */
export function showWarning(title: string, text?: string): void {
  toast.warning(title, { description: text, duration: 8_000 });
}
