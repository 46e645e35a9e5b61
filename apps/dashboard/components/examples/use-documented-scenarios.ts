import { formatCredits } from '@/components/credits/format';
import { useCreditsSync, useCreditsUpdate } from '@/hooks/useCreditsUpdate';
import { readPracticeAnswer, sendPractice, type Practice } from './practice';
import { BONUS, EXACT, PURCHASE, REFERRAL, type Scenario } from './scenario';
import { UNIT } from '@/components/credits/branding';

async function post(practice: Practice) {
  return readPracticeAnswer(await sendPractice(practice));
}

/** The design document's flows as it writes them: a prediction, a plain `fetch`, then the answer or the opposite call. */
export function useDocumentedScenarios(): Scenario[] {
  const { addCredits, subtractCredits, setCredits, refreshCredits } = useCreditsUpdate();
  const { syncCreditsAfterApiCall } = useCreditsSync();

  const purchase = async (cost: number, refuse: boolean): Promise<string> => {
    await subtractCredits(cost, 'Server purchase');
    try {
      const result = await post({ effect: 'spend', amount: cost, reason: 'Server purchase', refuse });
      if (result.success) {
        await syncCreditsAfterApiCall(result);
        return `Accepted: ${formatCredits(result.data.new_balance)} ${UNIT.many} left.`;
      }
      await addCredits(cost, 'Purchase failed');
      return `Refused: ${result.message}`;
    } catch {
      await addCredits(cost, 'Purchase error');
      return 'No answer: the balance is being checked.';
    }
  };

  const earn = async (amount: number, reason: string): Promise<string> => {
    const result = await post({ effect: 'grant', amount, reason });
    if (!result.success) throw new Error(result.message);
    await syncCreditsAfterApiCall(result);
    return `+${amount} ${UNIT.many} earned, ${formatCredits(result.data.new_balance)} now.`;
  };

  return [
    {
      id: 'purchase-accepted',
      title: 'Purchase, accepted',
      text: 'The number drops at once and stays: it is confirmed without a flicker.',
      code: PURCHASE_CODE,
      run: () => purchase(PURCHASE, false),
    },
    {
      id: 'purchase-refused',
      title: 'Purchase, refused',
      text: 'The opposite call takes the prediction back, exactly.',
      code: PURCHASE_CODE,
      run: () => purchase(PURCHASE, true),
    },
    {
      id: 'daily-login',
      title: 'Daily login',
      text: 'No prediction: the answer alone moves the number.',
      code: `const response = await fetch('/api/user/daily-login', {
  method: 'POST',
  body: JSON.stringify({ action: 'claim' }),
})
const result = await response.json()
if (result.success) await syncCreditsAfterApiCall(result)`,
      run: () => earn(BONUS, 'Daily bonus'),
    },
    {
      id: 'referral-claim',
      title: 'Referral claim',
      text: 'The answer brings data.new_balance.',
      code: `const { claim } = useReferralStats()
await claim('all')`,
      run: () => earn(REFERRAL, 'Referral reward'),
    },
    {
      id: 'add-credits',
      title: `Add ${UNIT.many}`,
      text: 'A prediction of what a call is about to add.',
      code: `await addCredits(${BONUS}, 'Daily bonus')
const result = await postBonus()
await syncCreditsAfterApiCall(result)`,
      run: async () => {
        const handle = await addCredits(BONUS, 'Daily bonus');
        const result = await post({ effect: 'grant', amount: BONUS, reason: 'Daily bonus' });
        if (!result.success) {
          handle.cancel();
          throw new Error(result.message);
        }
        await syncCreditsAfterApiCall(result);
        return `Accepted: ${formatCredits(result.data.new_balance)} ${UNIT.many} now.`;
      },
    },
    {
      id: 'set-credits',
      title: 'Set an exact amount',
      text: `Predicts ${formatCredits(EXACT)}; the server decides whether it is.`,
      code: `await setCredits(${EXACT}, 'Admin adjustment')
const result = await postAdjustment()
await syncCreditsAfterApiCall(result)`,
      run: async () => {
        const handle = await setCredits(EXACT, 'Admin adjustment');
        const result = await post({ effect: 'set', amount: EXACT, reason: 'Admin adjustment' });
        if (!result.success) {
          handle?.cancel();
          throw new Error(result.message);
        }
        await syncCreditsAfterApiCall(result);
        return `Exactly ${formatCredits(result.data.new_balance)} ${UNIT.many} now.`;
      },
    },
    {
      id: 'wrong-prediction',
      title: 'A prediction that nothing backs',
      text: 'No server call follows: the number is verified and goes back by itself.',
      code: `await setCredits(${EXACT * 1_000}, 'Wishful thinking')`,
      run: async () => {
        await setCredits(EXACT * 1_000, 'Wishful thinking');
        return 'Predicted. Watch it being corrected.';
      },
    },
    {
      id: 'refresh',
      title: 'Refresh',
      text: 'Asks the server. Within 5 seconds of the last question it waits its turn; it is never dropped.',
      code: `await refreshCredits()`,
      run: async () => {
        await refreshCredits();
        return 'Asked and answered.';
      },
    },
  ];
}

const PURCHASE_CODE = `await subtractCredits(cost, 'Server purchase')
try {
  const response = await fetch('/api/servers/create', { … })
  const result = await response.json()
  if (result.success) await syncCreditsAfterApiCall(result)
  else await addCredits(cost, 'Purchase failed')
} catch (error) {
  await addCredits(cost, 'Purchase error')
}`;
