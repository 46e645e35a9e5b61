'use client';
import { Slot } from 'radix-ui';
import {
  createContext,
  useContext,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
  type ComponentProps,
  type ReactNode,
  type RefObject,
} from 'react';

/**
 * What opens over a page: popovers, dialogs and menus. A page brings only their triggers. What draws them is a third of
 * the script of a page, and is loaded with the first sign of a person: before anything can be opened.
 */

/** Something that is loaded later. */
interface Later<Module> {
  /** Null until it is here. */
  useLoaded(wanted: boolean): Module | null;
}

export function loadLater<Module>(load: () => Promise<Module>): Later<Module> {
  const listeners = new Set<() => void>();
  let loaded: Module | null = null;
  let loading = false;

  function preload(): void {
    if (loading) return;
    loading = true;
    load().then(
      (module) => {
        loaded = module;
        for (const listener of listeners) listener();
      },
      () => {
        // Asked for again when it is wanted.
        loading = false;
      },
    );
  }
  function subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  onFirstSign(preload);
  return {
    useLoaded(wanted) {
      const parts = useSyncExternalStore(
        subscribe,
        () => loaded,
        () => null,
      );
      useEffect(() => {
        if (wanted) preload();
      }, [wanted]);
      return parts;
    },
  };
}

const SIGNS = ['pointermove', 'pointerdown', 'keydown', 'wheel', 'touchstart'];
let waiting: Set<() => void> | null = new Set();

/** Calls back once a person has used the page, at the latest when a control is about to be pressed. */
function onFirstSign(callback: () => void): void {
  if (typeof window === 'undefined') return;
  if (waiting === null) return callback();
  if (waiting.size === 0) for (const sign of SIGNS) window.addEventListener(sign, handleSign, { passive: true });
  waiting.add(callback);
}

function handleSign(): void {
  for (const sign of SIGNS) window.removeEventListener(sign, handleSign);
  const callbacks = waiting ?? [];
  waiting = null;
  for (const callback of callbacks) callback();
}

interface Overlay {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  trigger: RefObject<HTMLButtonElement | null>;
  triggerId: string;
  contentId: string;
}

const OverlayContext = createContext<Overlay | null>(null);

export function useOverlay(): Overlay {
  const overlay = useContext(OverlayContext);
  if (overlay === null) throw new Error('A trigger or content stands outside of its popover, dialog or menu.');
  return overlay;
}

export interface OverlayProps {
  open?: boolean;
  defaultOpen?: boolean;
  onOpenChange?: (open: boolean) => void;
  children?: ReactNode;
}

/** Whether it is open, which trigger and content share. */
export function OverlayRoot({ open: given, defaultOpen = false, onOpenChange, children }: OverlayProps) {
  const [own, setOwn] = useState(defaultOpen);
  const trigger = useRef<HTMLButtonElement>(null);
  const [triggerId, contentId] = [useId(), useId()];
  const open = given ?? own;
  const overlay = useMemo<Overlay>(
    () => ({
      open,
      onOpenChange: (next) => {
        setOwn(next);
        onOpenChange?.(next);
      },
      trigger,
      triggerId,
      contentId,
    }),
    [open, onOpenChange, triggerId, contentId],
  );
  return <OverlayContext.Provider value={overlay}>{children}</OverlayContext.Provider>;
}

export type OverlayTriggerProps = Omit<ComponentProps<'button'>, 'ref'> & { asChild?: boolean };

interface TriggerProps extends OverlayTriggerProps {
  opens: 'dialog' | 'menu';
}

/** The button that opens it; how it does is up to the kind of overlay. */
export function OverlayTrigger({ asChild = false, opens, ...props }: TriggerProps) {
  const { open, trigger, contentId } = useOverlay();
  const Component = asChild ? Slot.Root : 'button';
  return (
    <Component
      type="button"
      aria-haspopup={opens}
      aria-expanded={open}
      aria-controls={open ? contentId : undefined}
      data-state={open ? 'open' : 'closed'}
      {...props}
      ref={trigger}
    />
  );
}

/** A trigger that opens and closes it with a click. */
export function ClickTrigger({ onClick, ...props }: OverlayTriggerProps) {
  const { open, onOpenChange } = useOverlay();
  return (
    <OverlayTrigger
      opens="dialog"
      {...props}
      onClick={(event) => {
        onClick?.(event);
        if (!event.defaultPrevented) onOpenChange(!open);
      }}
    />
  );
}
