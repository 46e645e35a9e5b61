import { createRoute, refuse } from '@/server/route';
import { moveCoins } from '@/server/world';

const BONUS = 25;

export const POST = createRoute(({ player, body }) => {
  const { hasClaimedDaily } = player;
  if (body['action'] === 'check') {
    const data = {
      hasLoggedIn: true,
      canClaim: !hasClaimedDaily,
      alreadyClaimed: hasClaimedDaily,
      coinsAwarded: BONUS,
    };
    return { body: { success: true, data } };
  }
  if (hasClaimedDaily) return refuse(400, 'Nothing to claim today.');
  player.hasClaimedDaily = true;
  moveCoins(player, BONUS);
  return { body: { success: true, data: { coins_awarded: BONUS, claimed_at: new Date().toISOString() } } };
});
