import { createRoute } from '@/server/route';

export const GET = createRoute(({ player }) => {
  const { id, username, email, first_name, last_name, role, coins, created_at } = player;
  const user = { id, username, email, first_name, last_name, role, coins, avatar_url: null, created_at };
  return { body: { success: true, user: { ...user, updated_at: created_at } } };
});
