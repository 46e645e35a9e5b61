import { CircleAlert, Hourglass } from 'lucide-react';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';

import { Alert } from '@/components/ui/alert';

interface RefusalProps {
  message: string | undefined;
  /** Above 0 while tries are refused unseen: the page then has the area `auth`. */
  cooldownMs: number;
}

/** Why the form was refused as a whole, in the place above its button. */
export function Refusal({ message, cooldownMs }: RefusalProps) {
  if (cooldownMs > 0) return <Cooldown seconds={Math.ceil(cooldownMs / 1_000)} />;
  if (message === undefined) return null;
  return (
    <Alert role="alert" variant="destructive">
      <CircleAlert aria-hidden />
      <p>{message}</p>
    </Alert>
  );
}

const time = (chunks: ReactNode) => <span className="tabular-nums">{chunks}</span>;

function Cooldown({ seconds }: { seconds: number }) {
  const t = useTranslations('auth');
  return (
    <Alert role="status">
      <Hourglass aria-hidden />
      <p>{t.rich('cooldown', { seconds, time })}</p>
    </Alert>
  );
}
