import { createRoute, refuse } from '@/server/route';
import { moveCoins, readWorld } from '@/server/world';

export const POST = createRoute(({ player, body, id }) => {
  if (player.role !== 0) return refuse(403, 'Only for admins.');
  const other = readWorld().players.get(id);
  if (other === undefined) return refuse(404, 'No such player.');
  const amount = Number(body['amount']);
  if (!Number.isInteger(amount) || amount === 0 || other.coins + amount < 0) return refuse(400, 'Not an amount.');
  const before = other.coins;
  moveCoins(other, amount);
  const data = { user_id: other.id, amount, balance_before: before, balance_after: other.coins };
  return { body: { success: true, data } };
});
