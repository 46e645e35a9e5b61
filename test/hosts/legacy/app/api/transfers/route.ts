import { createRoute, refuse } from '@/server/route';
import { moveCoins, readWorld } from '@/server/world';

export const POST = createRoute(({ player, body }) => {
  const amount = Number(body['amount']);
  const recipient = [...readWorld().players.values()].find(({ username }) => username === body['to_username']);
  if (recipient === undefined) return refuse(400, 'No such player.');
  if (!Number.isInteger(amount) || amount < 1 || amount > 10_000) return refuse(400, 'From 1 to 10000 coins.');
  if (player.coins < amount) return refuse(400, 'Not enough coins.');
  moveCoins(player, -amount);
  moveCoins(recipient, amount);
  return { body: { success: true, message: 'Sent', transfer: { amount, status: 'completed' } } };
});
