'use client';
import { useTranslations } from 'next-intl';
import { isCreditsError } from 'realtime-credits';
import { useState } from 'react';

import { translateReason } from '@/components/credits/messages';
import { useRefusal } from '@/components/i18n/use-refusal';
import type { Order } from '@/components/servers/order';
import { useCreditsMutation } from '@/hooks/useCreditsUpdate';
import type { ServerCreateAnswer } from '@/lib/api';
import { showError, showSuccess } from '@/lib/toast';

/** How far the creation of a server has come. */
export type Creation =
  | { state: 'choosing' }
  | { state: 'creating'; cost: number; startedAt: number }
  | { state: 'created'; answer: ServerCreateAnswer }
  | { state: 'refused'; message: string; code: string };

interface CreateVariables {
  order: Order;
  cost: number;
}

/**
 * Creates a server: the credits are shown as reserved at once, and the answer decides. When no answer comes, the same
 * command is sent again, which makes no second server, until the server has said how it ended.
 */
export function useCreateServer(): {
  creation: Creation;
  create: (variables: CreateVariables) => Promise<void>;
  restart: () => void;
} {
  const t = useTranslations('servers.creation');
  const refusal = useRefusal();
  const [creation, setCreation] = useState<Creation>({ state: 'choosing' });
  const { mutate } = useCreditsMutation<ServerCreateAnswer, CreateVariables>({
    amount: ({ cost }) => -cost,
    reason: ({ order }) => translateReason(`Server “${order.name.trim()}”`),
    request: ({ headers, signal }, { order }) =>
      fetch('/api/servers/create', {
        method: 'POST',
        headers: { ...headers, 'Content-Type': 'application/json' },
        body: JSON.stringify({
          name: order.name.trim(),
          server_type_id: order.typeId,
          server_software_id: order.softwareId,
          location_id: order.locationId,
          plan_id: order.planId,
        }),
        signal,
      }),
  });

  async function create(variables: CreateVariables): Promise<void> {
    setCreation({ state: 'creating', cost: variables.cost, startedAt: performance.now() });
    try {
      const answer = await mutate(variables);
      setCreation({ state: 'created', answer });
      showSuccess(t('running', { name: answer.server.name }));
    } catch (error) {
      const message = refusal(error);
      setCreation({ state: 'refused', message, code: isCreditsError(error) ? error.code : 'internal' });
      showError(t('failed'), message);
    }
  }

  return { creation, create, restart: () => setCreation({ state: 'choosing' }) };
}
