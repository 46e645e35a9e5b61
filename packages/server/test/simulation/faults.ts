/** What a schedule is meant to contain, counted where it really happened: a fault that never happened shows nothing. */
export const FAULTS = [
  'a response later than every time limit',
  'a refusal later than every time limit',
  'no response to a purchase that was waited for longer than every time limit',
  'a refusal beside an open purchase',
  '403',
  '404',
  'a balance with a fraction',
  'a balance as a text',
  'a balance below 0',
  'a balance that is no number',
  'a display that goes during its request',
] as const;

export type Fault = (typeof FAULTS)[number];

export type CountFault = (fault: Fault) => void;

/** How a host wrote a balance; null where it is as it should be. */
export function nameOddBalance(coins: unknown): Fault | null {
  if (typeof coins === 'string')
    return Number.isNaN(Number(coins)) ? 'a balance that is no number' : 'a balance as a text';
  if (typeof coins !== 'number') return 'a balance that is no number';
  if (coins < 0) return 'a balance below 0';
  return Number.isInteger(coins) ? null : 'a balance with a fraction';
}
