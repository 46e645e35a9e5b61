'use client';

import { useState, type ReactNode } from 'react';
import { Button } from '@/components/ui/button';
import { useCreditsSync, useCreditsUpdate } from '@/hooks/useCreditsUpdate';
import type { Plan } from '@/lib/plans';
import { describeUser, useAuthStore } from '@/stores/user-store';

/** Buys a server in the way that the design document of the credits describes for hosts without idempotency. */
export function PurchaseButton({ plan, children }: { plan: Plan; children: ReactNode }) {
  const { addCredits, subtractCredits } = useCreditsUpdate();
  const { syncCreditsAfterApiCall } = useCreditsSync();
  const [outcome, setOutcome] = useState('');

  const handlePurchase = async (cost: number) => {
    setOutcome('Ordering');
    // Immediate UI feedback
    await subtractCredits(cost, 'Server purchase');

    try {
      const response = await fetch('/api/servers/create', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...describeUser(useAuthStore.getState().currentUser) },
        body: JSON.stringify({ name: 'New server', plan_id: plan.id }),
      });
      const result = await response.json();

      if (result.success) {
        await syncCreditsAfterApiCall(result);
        setOutcome('Created');
      } else {
        // Revert on failure
        await addCredits(cost, 'Purchase failed');
        setOutcome(result.message);
      }
    } catch {
      // Revert on error
      await addCredits(cost, 'Purchase error');
      setOutcome('No answer came');
    }
  };

  return (
    <div className="flex flex-col items-end gap-1">
      <Button onClick={() => void handlePurchase(plan.cost)}>{children}</Button>
      <output className="text-xs text-muted-foreground" data-plan={plan.id}>
        {outcome}
      </output>
    </div>
  );
}
