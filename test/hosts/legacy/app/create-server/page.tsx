'use client';

import { useEffect, useState } from 'react';
import { Page } from '@/components/Page';
import { PurchaseButton } from '@/components/PurchaseButton';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { PLANS, type Plan } from '@/lib/plans';
import { useCreditsStore } from '@/stores/credits-store';

const STEPS = ['Name', 'Software', 'Location', 'Plan', 'Confirm'] as const;

export default function CreateServer() {
  const { credits, lastFetch, fetchCredits } = useCreditsStore();
  const [step, setStep] = useState(1);
  const [plan, setPlan] = useState<Plan>(PLANS[1]);

  useEffect(() => {
    if (step === STEPS.length) void fetchCredits();
  }, [step, fetchCredits]);

  return (
    <Page title="Create a server" subtitle={`Step ${step} of ${STEPS.length}`}>
      <Card title={STEPS[step - 1] ?? ''}>
        {step === 4 &&
          PLANS.map((choice) => (
            <label key={choice.id} className="flex items-center gap-2 text-sm">
              <input type="radio" name="plan" checked={choice === plan} onChange={() => setPlan(choice)} />
              {choice.name}, {choice.cost} coins
            </label>
          ))}
        {step === STEPS.length && (
          <dl className="grid grid-cols-2 gap-1 text-sm tabular-nums">
            <dt>Price</dt>
            <dd data-price>{plan.cost.toFixed(2)}</dd>
            <dt>Your balance</dt>
            <dd data-balance>{lastFetch > 0 ? credits.toFixed(2) : 'Loading'}</dd>
            <dt>Afterwards</dt>
            <dd>{lastFetch > 0 ? (credits - plan.cost).toFixed(2) : 'Loading'}</dd>
          </dl>
        )}
        {step < 4 && <p className="text-sm text-muted-foreground">Nothing to decide here.</p>}
        <div className="flex items-start justify-between gap-2">
          <Button variant="outline" disabled={step === 1} onClick={() => setStep(step - 1)}>
            Back
          </Button>
          {step < STEPS.length ? (
            <Button onClick={() => setStep(step + 1)}>Next</Button>
          ) : (
            <PurchaseButton plan={plan}>Create server</PurchaseButton>
          )}
        </div>
      </Card>
    </Page>
  );
}
