'use client';
import { useState } from 'react';

import { useCooldown } from '@/components/auth/use-cooldown';
import { useShownRefusal } from '@/components/auth/use-refusal-text';
import type { AuthRefusal, AuthResult } from '@/lib/auth-client';

/** What a form shows of its last try. */
export interface Attempt {
  pending: boolean;
  cooldownMs: number;
  /** What is wrong with a field. */
  fieldError(field: AuthRefusal['field']): string | undefined;
  /** What is wrong with the form as a whole. */
  message: string | undefined;
  /** Says what can be seen to be wrong before anything is sent; null forgets what was said. */
  refuse(refusal: AuthRefusal | null): void;
  /** Sends, unless a try is under way or has to wait. Resolves to whether it worked. */
  run(send: () => Promise<AuthResult>): Promise<boolean>;
}

/** One try after the other of what may be refused. */
export function useAttempt(): Attempt {
  const [refusal, setRefusal] = useState<AuthRefusal | null>(null);
  const [pending, setPending] = useState(false);
  const [cooldownMs, startCooldown] = useCooldown();
  const shown = useShownRefusal(refusal);

  async function run(send: () => Promise<AuthResult>): Promise<boolean> {
    if (pending || cooldownMs > 0) return false;
    setPending(true);
    const refused = await send();
    setPending(false);
    setRefusal(refused);
    if (refused?.retryAfterMs !== undefined) startCooldown(refused.retryAfterMs);
    return refused === null;
  }

  return {
    pending,
    cooldownMs,
    ...shown,
    refuse: setRefusal,
    run,
  };
}
