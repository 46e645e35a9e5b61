import { selectShown } from 'realtime-credits/client';
import { formatCredits } from '@/components/credits/format';
import { useCreditsMutation } from '@/hooks/useCreditsUpdate';
import { creditsClient } from '@/stores/credits-store';
import {
  beOffline,
  loseAnswerOnce,
  loseForGood,
  loseRequestOnce,
  noFault,
  sendPractice,
  type Fault,
  type Practice,
  type PracticeDone,
} from './practice';
import { BONUS, EXACT, PURCHASE, REFERRAL, type Scenario } from './scenario';
import { UNIT } from '@/components/credits/branding';

const SLOW_MS = 4_000;
const OFFLINE_MS = 5_000;

/** One practice command, what it will do to the balance, and what happens to it on its way. */
interface Attempt {
  practice: Practice;
  delta: number;
  fault?: Fault;
}

type Run = (attempt: Attempt) => Promise<string>;

function usePractice(): Run {
  const { mutate } = useCreditsMutation<PracticeDone, Attempt>({
    amount: ({ delta }) => delta,
    reason: ({ practice }) => practice.reason,
    request: (context, { practice, fault = noFault }) => fault(() => sendPractice(practice, context)),
  });
  return async (attempt) => {
    const { data } = await mutate(attempt);
    return `Accepted: ${formatCredits(data.new_balance)} ${UNIT.many} now.`;
  };
}

const spend = (reason = 'Server purchase', more: Partial<Practice> = {}): Attempt => ({
  practice: { effect: 'spend', amount: PURCHASE, reason, ...more },
  delta: -PURCHASE,
});

const grant = (amount: number, reason: string): Attempt => ({
  practice: { effect: 'grant', amount, reason },
  delta: amount,
});

/** The same flows in the recommended form: one call that does all of it. */
export function useMutationScenarios(): Scenario[] {
  const run = usePractice();
  return [
    {
      id: 'purchase-accepted',
      title: 'Purchase, accepted',
      text: 'Predicted, sent, confirmed by the frame that names this very operation.',
      code: mutation(`-${PURCHASE}`, 'Server purchase'),
      run: () => run(spend()),
    },
    {
      id: 'purchase-refused',
      title: 'Purchase, refused',
      text: 'The number goes back by itself; mutate rejects with the code of the server.',
      code: mutation(`-${PURCHASE}`, 'Server purchase'),
      run: () => run(spend('Server purchase', { refuse: true })),
    },
    {
      id: 'daily-login',
      title: 'Daily login',
      text: 'An amount that is known beforehand is shown before the server has answered.',
      code: mutation(`${BONUS}`, 'Daily bonus'),
      run: () => run(grant(BONUS, 'Daily bonus')),
    },
    {
      id: 'referral-claim',
      title: 'Referral claim',
      text: 'useReferralStats claims in this form.',
      code: mutation(`${REFERRAL}`, 'Referral reward'),
      run: () => run(grant(REFERRAL, 'Referral reward')),
    },
    {
      id: 'unknown-amount',
      title: 'An amount that only the server knows',
      text: 'Predict 0: nothing is promised, and the answer moves the number.',
      code: mutation('0', 'Daily bonus'),
      run: () => run({ ...grant(BONUS, 'Daily bonus'), delta: 0 }),
    },
    {
      id: 'set-credits',
      title: 'Set an exact amount',
      text: 'The prediction is the way from here to there.',
      code: mutation('target - shown', 'Admin adjustment'),
      run: () =>
        run({
          practice: { effect: 'set', amount: EXACT, reason: 'Admin adjustment' },
          delta: EXACT - (selectShown(creditsClient.getState()) ?? EXACT),
        }),
    },
  ];
}

/** What networks and servers do to such a call, one fault at a time. */
export function useFailureScenarios(): Scenario[] {
  const run = usePractice();
  return [
    {
      id: 'slow',
      title: 'A slow server',
      text: `The answer takes ${SLOW_MS / 1_000} seconds. The number is right all the while.`,
      code: mutation(`-${PURCHASE}`, 'Slow purchase'),
      run: () => run(spend('Slow purchase', { delay_ms: SLOW_MS })),
    },
    {
      id: 'lost-request',
      title: 'The request is lost',
      text: 'The first attempt never arrives. The same operation is sent again, under the same id.',
      code: mutation(`-${PURCHASE}`, 'Purchase'),
      run: () => run({ ...spend('Lost request'), fault: loseRequestOnce() }),
    },
    {
      id: 'lost-answer',
      title: 'The answer is lost',
      text: 'The server has charged, but its answer is lost. It is asked again and gives the same answer: charged once.',
      code: mutation(`-${PURCHASE}`, 'Purchase'),
      run: () => run({ ...spend('Lost answer'), fault: loseAnswerOnce() }),
    },
    {
      id: 'offline',
      title: `Offline for ${OFFLINE_MS / 1_000} seconds`,
      text: 'Nothing gets out, then everything does.',
      code: mutation(`-${PURCHASE}`, 'Purchase'),
      run: () => run({ ...spend('Offline purchase'), fault: beOffline(OFFLINE_MS) }),
    },
    {
      id: 'two-at-once',
      title: 'Two at once, the first refused',
      text: 'Each is an operation of its own: refusing one moves the number by that one, whatever else is pending.',
      code: `await Promise.allSettled([buy(first), buy(second)])`,
      run: async () => {
        const outcomes = await Promise.allSettled([
          run(spend('First purchase', { refuse: true, delay_ms: 1_200 })),
          run(spend('Second purchase', { delay_ms: 2_400 })),
        ]);
        return outcomes
          .map((outcome, index) => `${index === 0 ? 'First' : 'Second'}: ${describeOutcome(outcome)}`)
          .join(' ');
      },
    },
    {
      id: 'lost-for-good',
      title: 'Lost for good',
      text: 'No attempt ever arrives. After 30 seconds the server is asked, and its "never seen" is final.',
      code: mutation(`-${PURCHASE}`, 'Purchase'),
      run: () => run({ ...spend('Lost purchase'), fault: loseForGood }),
    },
  ];
}

function describeOutcome(outcome: PromiseSettledResult<string>): string {
  return outcome.status === 'fulfilled' ? outcome.value : describeFailure(outcome.reason);
}

/** What a rejection says to a person. */
export function describeFailure(cause: unknown): string {
  return cause instanceof Error ? cause.message : 'It failed.';
}

function mutation(amount: string, reason: string): string {
  return `const { mutate } = useCreditsMutation({
  amount: ${amount},
  reason: '${reason}',
  request: ({ headers, signal }) =>
    fetch('/api/…', { method: 'POST', headers, signal, body }),
})
await mutate().catch((refusal) => alert(refusal.message))`;
}
