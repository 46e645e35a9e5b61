import { createRoute, refuse } from '@/server/route';
import { moveCoins } from '@/server/world';

const AWARD = 40;

export const POST = createRoute(({ player, body }) => {
  if (String(body['code']).toUpperCase() !== 'WELCOME') return refuse(404, 'No such code.');
  moveCoins(player, AWARD);
  return { body: { success: true, message: 'Redeemed', coins_awarded: AWARD } };
});
