import type { Ledger } from '../../src/ledger/ledger.ts';
import { COMMANDS } from '../../src/ledger/rules/command-table.ts';

type Step = keyof typeof COMMANDS | 'resolveOperations';

/** A process that stops for good: none of its later commands is sent, and no response arrives. */
export interface StoppedProcess {
  wrap: (ledger: Ledger) => Ledger;
}

/** It stops before the first command of this name is sent. */
export function stopBefore(step: Step): StoppedProcess {
  return stopAt(({ name, isSent }) => name === step && !isSent);
}

/** It stops after the first command of this name was committed. */
export function stopAfter(step: Step): StoppedProcess {
  return stopAt(({ name, isSent }) => name === step && isSent);
}

/** It stops at the first instant that is asked about and is the one: before or after a command. */
export function stopAt(isIt: (instant: { name: Step; isSent: boolean; count: number }) => boolean): StoppedProcess {
  let isStopped = false;
  let count = 0;
  const pass = (name: Step, isSent: boolean): void => {
    isStopped ||= isIt({ name, isSent, count });
    count += 1;
    if (isStopped) throw new Error('The process has stopped.');
  };
  const wrap = (ledger: Ledger): Ledger => {
    const steps = [...Object.keys(COMMANDS), 'resolveOperations'] as Step[];
    const wrapped = steps.map((name) => [
      name,
      async (...values: never[]) => {
        pass(name, false);
        const result: unknown = await (ledger[name] as (...values: never[]) => Promise<unknown>)(...values);
        pass(name, true);
        return result;
      },
    ]);
    return { ...ledger, ...Object.fromEntries(wrapped) } as Ledger;
  };
  return { wrap };
}
