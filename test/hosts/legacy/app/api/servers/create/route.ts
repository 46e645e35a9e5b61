import { PLANS } from '@/lib/plans';
import { createRoute, refuse } from '@/server/route';
import { moveCoins } from '@/server/world';

export const POST = createRoute(({ player, body }) => {
  const plan = PLANS.find(({ id }) => id === body['plan_id']);
  if (plan === undefined) return refuse(400, 'No such plan.');
  if (player.coins < plan.cost) {
    return refuse(400, `Insufficient coins. You need ${plan.cost} coins but only have ${player.coins} coins.`);
  }
  moveCoins(player, -plan.cost);
  const server = { id: 1, pterodactyl_id: 1, name: 'New server', status: 'installing', power_state: 'offline' };
  return {
    status: 201,
    body: {
      success: true,
      message: 'Server created',
      server_id: server.id,
      server: { ...server, billing_status: 'active' },
      cost_breakdown: { plan_cost: plan.cost, setup_fee: 0, total_cost: plan.cost },
    },
  };
});
