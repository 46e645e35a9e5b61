import { payDailyBonus } from '../../../../recipes/daily-bonus.ts';
import { toCommandRoute } from '../../../../recipes/command-route.ts';
import { credits, identify } from '../../../lib/credits.ts';

export async function POST(request: Request): Promise<Response> {
  const { ledger } = await credits();
  return toCommandRoute({ ledger, identify }, (command) => payDailyBonus(ledger, command))(request);
}
