'use client';

import { useState } from 'react';
import { Play } from 'lucide-react';
import { Button } from '@/components/credits/ui/button';
import { cn } from '@/lib/utils';
import type { Scenario } from './scenario';
import { describeFailure } from './use-mutation-scenarios';

interface Outcome {
  text: string;
  failed: boolean;
}

/** Scenarios with a button each, what came of the last run, and what one writes for it. */
export function ScenarioList({ scenarios }: { scenarios: readonly Scenario[] }) {
  return (
    <ul className="divide-y border-t">
      {scenarios.map((scenario) => (
        <ScenarioItem key={scenario.id} scenario={scenario} />
      ))}
    </ul>
  );
}

function ScenarioItem({ scenario }: { scenario: Scenario }) {
  const [running, setRunning] = useState(0);
  const [outcome, setOutcome] = useState<Outcome | null>(null);

  const handleRun = async () => {
    setRunning((count) => count + 1);
    try {
      setOutcome({ text: await scenario.run(), failed: false });
    } catch (cause) {
      setOutcome({ text: describeFailure(cause), failed: true });
    } finally {
      setRunning((count) => count - 1);
    }
  };

  return (
    <li data-scenario={scenario.id} className="grid grid-cols-[1fr_auto] gap-x-4 px-5 py-4 sm:px-6">
      <div className="min-w-0">
        <h3 className="text-sm font-medium">{scenario.title}</h3>
        <p className="mt-0.5 text-sm text-pretty text-muted-foreground">{scenario.text}</p>
      </div>
      <Button
        variant="outline"
        size="sm"
        onClick={() => void handleRun()}
        aria-label={`Run: ${scenario.title}`}
        aria-busy={running > 0}
      >
        <Play aria-hidden className={cn('size-3', running > 0 && 'animate-pulse motion-reduce:animate-none')} />
        Run
      </Button>
      <div className="col-span-2 mt-2 flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1 text-xs">
        <details className="group min-w-0 open:basis-full">
          <summary className="w-fit rounded-sm text-muted-foreground outline-none select-none hover:text-foreground focus-visible:ring-[3px] focus-visible:ring-ring/50">
            Code
          </summary>
          <pre className="mt-2 rounded-lg border bg-muted/50 p-3 font-mono text-xs leading-relaxed break-words whitespace-pre-wrap">
            <code>{scenario.code}</code>
          </pre>
        </details>
        <p
          data-outcome
          className={cn(
            'min-h-4 text-pretty',
            running > 0 ? 'text-muted-foreground' : outcome?.failed ? 'text-destructive' : 'text-success',
          )}
        >
          {running > 0 ? 'Under way…' : outcome?.text}
        </p>
      </div>
    </li>
  );
}
