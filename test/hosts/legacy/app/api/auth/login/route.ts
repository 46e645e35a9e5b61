import { toUser } from '@/server/route';
import { readWorld } from '@/server/world';

/** A new session. The second cookie says in words whose it is, which every route of this host asks for. */
export async function POST(request: Request): Promise<Response> {
  const { identifier, password } = (await request.json()) as { identifier?: string; password?: string };
  const { players, sessions } = readWorld();
  const player = [...players.values()].find(({ username, email }) => identifier === username || identifier === email);
  if (player === undefined || player.password !== password) {
    return Response.json({ success: false, message: 'Wrong name or password.' }, { status: 401 });
  }
  const sessionToken = crypto.randomUUID();
  sessions.set(sessionToken, player.id);
  const { id, username, email, role } = player;
  const said = encodeURIComponent(JSON.stringify({ id, username, email, role }));
  const response = Response.json({ success: true, message: 'Signed in', user: toUser(player), sessionToken });
  for (const cookie of [`session_token=${sessionToken}`, `x_user_data=${said}`]) {
    response.headers.append('set-cookie', `${cookie}; Path=/; HttpOnly; SameSite=Lax`);
  }
  return response;
}
