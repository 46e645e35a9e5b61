import { createRoute } from '@/server/route';
import { endSessions } from '@/server/sessions';

export const POST = createRoute(({ player }) => {
  endSessions(player.id);
  return { body: { success: true, message: 'Signed out' } };
});
