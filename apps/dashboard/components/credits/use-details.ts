import { useCallback, useEffect, useRef, useState, type FocusEvent, type MouseEvent, type PointerEvent } from 'react';

const HOVER_OPEN_MS = 120;
const HOVER_CLOSE_MS = 180;

/** Peeking: there while the pointer or the focus is. Open: until dismissed. */
type Mode = 'closed' | 'peeking' | 'open';

/**
 * Opens the details of a display by hover, focus, tap, Enter or Space, each as people expect it.
 *
 * A peek never takes the focus and goes by itself; a tap, a click or a key pins it, and a key also moves the focus in.
 * Escape and a press outside close it, and the focus returns without opening it again.
 */
export function useDetails() {
  const [mode, setMode] = useState<Mode>('closed');
  const trigger = useRef<HTMLButtonElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const byKey = useRef(false);
  const heldFocus = useRef(false);
  const returning = useRef(false);

  const stopTimer = useCallback(() => clearTimeout(timer.current), []);
  useEffect(() => stopTimer, [stopTimer]);

  // A peek that a key pins is there already; one that a key opens takes the focus when it has come, below.
  useEffect(() => {
    if (mode === 'open' && byKey.current) content.current?.focus();
  }, [mode]);

  const close = (from: Mode) => {
    heldFocus.current = content.current?.contains(document.activeElement) ?? false;
    setMode((now) => (now === from || from === 'open' ? 'closed' : now));
  };
  const peek = () => setMode((now) => (now === 'closed' ? 'peeking' : now));
  const endPeek = () => close('peeking');

  const handlePointerEnter = (event: PointerEvent) => {
    if (event.pointerType !== 'mouse') return;
    stopTimer();
    timer.current = setTimeout(peek, HOVER_OPEN_MS);
  };
  const handlePointerLeave = (event: PointerEvent) => {
    if (event.pointerType !== 'mouse') return;
    stopTimer();
    timer.current = setTimeout(endPeek, HOVER_CLOSE_MS);
  };

  return {
    open: mode !== 'closed',
    handleOpenChange: (open: boolean) => {
      stopTimer();
      if (!open) close('open');
    },
    triggerProps: {
      ref: trigger,
      onPointerEnter: handlePointerEnter,
      onPointerLeave: handlePointerLeave,
      onClick: (event: MouseEvent) => {
        // Instead of the trigger's own toggle, which would close what the hover has just opened.
        event.preventDefault();
        stopTimer();
        byKey.current = event.detail === 0;
        if (mode === 'open') close('open');
        else setMode('open');
      },
      onFocus: (event: FocusEvent<HTMLElement>) => {
        if (!returning.current && event.currentTarget.matches(':focus-visible')) peek();
      },
      onBlur: (event: FocusEvent<HTMLElement>) => {
        if (!content.current?.contains(event.relatedTarget)) endPeek();
      },
    },
    contentProps: {
      ref: content,
      onPointerEnter: handlePointerEnter,
      onPointerLeave: handlePointerLeave,
      onOpenAutoFocus: (event: Event) => {
        event.preventDefault();
        if (mode === 'open' && byKey.current) content.current?.focus();
      },
      onCloseAutoFocus: (event: Event) => {
        event.preventDefault();
        // Someone who pressed or tabbed elsewhere is where they want to be.
        if (!heldFocus.current || document.activeElement !== document.body) return;
        returning.current = true;
        trigger.current?.focus({ preventScroll: true });
        returning.current = false;
      },
    },
  };
}
