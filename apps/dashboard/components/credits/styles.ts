/** How much of a display there is: golden in a header, framed on a page, or bare in menus and bars. */
export type DisplayVariant = 'default' | 'prominent' | 'compact';

export type DisplaySize = 'sm' | 'md' | 'lg';

const FRAMED_ERROR = 'rounded-full border border-destructive/35 bg-destructive-soft text-destructive';

/** What a variant looks like. `limit`: from this amount on, thousands and millions are shortened so that it fits. */
export const VARIANTS: Record<
  DisplayVariant,
  { button: string; error: string; icon: string; label: string; limit: number; tight: boolean }
> = {
  default: {
    button:
      'rounded-full border bg-card text-foreground hover:border-credits-border data-[change=down]:text-destructive data-[change=up]:text-success data-dimmed:text-muted-foreground',
    error: FRAMED_ERROR,
    icon: 'text-credits group-data-dimmed/credits:text-muted-foreground',
    label: 'text-muted-foreground',
    limit: 10_000_000,
    tight: false,
  },
  prominent: {
    // Green and red that can be read on gold are dark ones; the glow says it to the corner of the eye.
    button:
      'rounded-full forced-colors:border bg-linear-to-b from-credits-from to-credits-to text-credits-on shadow-[inset_0_1px_0_rgb(255_255_255/0.4),0_1px_2px_rgb(0_0_0/0.2)] hover:brightness-105 data-[change=down]:text-red-900 data-[change=down]:ring-[3px] data-[change=down]:ring-destructive/60 data-[change=up]:text-emerald-900 data-[change=up]:ring-[3px] data-[change=up]:ring-success/60 data-dimmed:saturate-[0.35]',
    error: FRAMED_ERROR,
    icon: '',
    label: '',
    limit: 10_000_000,
    tight: false,
  },
  compact: {
    button:
      'rounded-md text-credits hover:bg-accent data-[change=down]:text-destructive data-[change=up]:text-success data-dimmed:text-muted-foreground',
    error: 'rounded-md text-destructive hover:bg-destructive-soft',
    icon: '',
    label: 'text-muted-foreground',
    limit: 100_000,
    tight: true,
  },
};

/** What a size measures. Heights are fixed: no state moves its neighbours. */
export const SIZES: Record<
  DisplaySize,
  { button: string; tight: string; icon: string; number: string; label: string; refresh: string }
> = {
  sm: {
    button: 'h-8 gap-1.5 px-3',
    tight: 'px-1.5',
    icon: 'size-3.5 shrink-0',
    number: 'text-[0.8125rem] font-semibold',
    label: 'text-xs',
    refresh: 'size-8',
  },
  md: {
    button: 'h-10 gap-2 px-4',
    tight: 'px-2',
    icon: 'size-4 shrink-0',
    number: 'text-[0.9375rem] font-semibold',
    label: 'text-[0.8125rem]',
    refresh: 'size-10',
  },
  lg: {
    button: 'h-12 gap-2.5 px-5',
    tight: 'px-2.5',
    icon: 'size-5 shrink-0',
    number: 'text-xl font-semibold',
    label: 'text-sm',
    refresh: 'size-12',
  },
};
