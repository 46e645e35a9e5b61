import { formatCredits } from '@/lib/format';

/** The amounts beside a chart that begins at 0: its top, its middle and 0. */
export function AmountAxis({ max }: { max: number }) {
  return (
    <div className="flex h-44 flex-col justify-between text-right text-xs text-muted-foreground tabular-nums">
      {[max, max / 2, 0].map((amount) => (
        <span key={amount} className="-my-2">
          {formatCredits(amount)}
        </span>
      ))}
    </div>
  );
}
