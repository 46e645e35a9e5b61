import { BRANDING } from '@/branding';
import { cn } from '@/lib/utils';

const { size, paths } = BRANDING.mark;
const STROKES = { accent: 'stroke-credits-to dark:stroke-credits', text: 'stroke-foreground' } as const;
const FILLS = { accent: 'fill-credits-to dark:fill-credits', text: 'fill-foreground' } as const;

/** The mark of the branding. */
export function LogoMark({ className }: { className?: string }) {
  return (
    <svg
      viewBox={`0 0 ${size} ${size}`}
      fill="none"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden
      className={cn('size-7', className)}
    >
      {paths.map(({ d, colour, stroke }) => (
        <path
          key={d}
          d={d}
          {...(stroke === undefined ? {} : { strokeWidth: stroke })}
          className={stroke === undefined ? FILLS[colour] : STROKES[colour]}
        />
      ))}
    </svg>
  );
}

/** The mark with the product's name. */
export function Wordmark({ className }: { className?: string }) {
  return (
    <span className={cn('flex items-center gap-2.5', className)}>
      <LogoMark />
      <span className="text-[0.9375rem] leading-none font-semibold tracking-tight">{BRANDING.name}</span>
    </span>
  );
}
