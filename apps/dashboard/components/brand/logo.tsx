import { cn } from '@/lib/utils';

/**
 * The mark: a coin whose rim is open where a pulse leaves it. The coin is amber because it is a credit; the pulse is the
 * frame on its way to every tab.
 */
export function LogoMark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" fill="none" aria-hidden className={cn('size-7', className)}>
      <path
        d="M25.6 9.2A11.7 11.7 0 1 0 25.6 22.8"
        className="stroke-credits-to dark:stroke-credits"
        strokeWidth="3.2"
        strokeLinecap="round"
      />
      <path
        d="M9.5 16h4l2.4-5 3.6 10 2.5-5H30"
        className="stroke-foreground"
        strokeWidth="2.6"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}

/** The mark with the product's name. */
export function Wordmark({ className }: { className?: string }) {
  return (
    <span className={cn('flex items-center gap-2.5', className)}>
      <LogoMark />
      <span className="text-[0.9375rem] leading-none font-semibold tracking-tight">Real-Time Credits</span>
    </span>
  );
}
