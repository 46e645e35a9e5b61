import { createRoute, toUser } from '@/server/route';

export const POST = createRoute(({ player, body }) => {
  if (typeof body['first_name'] === 'string') player.first_name = body['first_name'];
  return { body: { success: true, message: 'Profile updated', user: toUser(player) } };
});
