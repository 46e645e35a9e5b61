import { createRoute } from '@/server/route';
import { moveCoins } from '@/server/world';

export const POST = createRoute(({ player }) => {
  const claimed = player.claimable;
  player.claimable = 0;
  if (claimed > 0) moveCoins(player, claimed);
  const data = { total_claimed: claimed, clicks_claimed: 0, signups_claimed: claimed, new_balance: player.coins };
  return { body: { success: true, message: 'Claimed', data } };
});
