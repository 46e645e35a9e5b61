import { CircleAlert, Hourglass } from 'lucide-react';

import { Alert } from '@/components/ui/alert';
import { formatCount } from '@/lib/format';

interface RefusalProps {
  message: string | undefined;
  /** Above 0 while tries are refused unseen. */
  cooldownMs: number;
}

/** Why the form was refused as a whole, in the place above its button. */
export function Refusal({ message, cooldownMs }: RefusalProps) {
  if (cooldownMs > 0) {
    return (
      <Alert role="status">
        <Hourglass aria-hidden />
        <p>
          Too many tries. For everybody’s safety, wait{' '}
          <span className="tabular-nums">{formatCount(Math.ceil(cooldownMs / 1_000), 'second')}</span>.
        </p>
      </Alert>
    );
  }
  if (message === undefined) return null;
  return (
    <Alert role="alert" variant="destructive">
      <CircleAlert aria-hidden />
      <p>{message}</p>
    </Alert>
  );
}
