import { cn } from '@/lib/utils';
import { formatChange, formatCredits } from '../format';

interface AmountProps {
  /** Whole credits. */
  amount: number;
  className?: string;
}

/** An amount of credits: the only thing on a page that is amber. */
export function Amount({ amount, className }: AmountProps) {
  return <span className={cn('font-medium text-credits tabular-nums', className)}>{formatCredits(amount)}</span>;
}

/** A signed change: green where it came in, plain where it went out, since spending is nothing bad. */
export function Change({ amount, className }: AmountProps) {
  return (
    <span
      className={cn(
        'font-medium tabular-nums',
        amount > 0 ? 'text-success' : amount < 0 ? 'text-foreground' : 'text-muted-foreground',
        className,
      )}
    >
      {formatChange(amount)}
    </span>
  );
}
