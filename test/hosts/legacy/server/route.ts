import { behave } from './behaviour';
import { findTrouble, readWorld, type Player } from './world';

export interface Context {
  player: Player;
  /** The request's JSON; an empty object where there is none. */
  body: Record<string, unknown>;
  /** The number in the path; NaN where there is none. */
  id: number;
}

interface Answer {
  status?: number;
  body: { success: boolean } & Record<string, unknown>;
}

/** A route of a signed-in player: who it is, then whatever trouble the tests have ordered, then the work itself. */
export function createRoute(handle: (context: Context) => Answer) {
  return async (request: Request): Promise<Response> => {
    const player = identify(request);
    if (player === null) return Response.json({ success: false, message: 'No user logged in' }, { status: 401 });
    const { pathname: path } = new URL(request.url);
    const text = await request.text();
    const trouble = findTrouble(player.id);
    trouble.received.push({ method: request.method, path });
    return behave(trouble, request, path, async () => {
      const body = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
      const answer = handle({ player, body, id: Number(/\/(\d+)\//.exec(path)?.[1]) });
      return Response.json(answer.body, { status: answer.status ?? 200 });
    });
  };
}

export function refuse(status: number, message: string): Answer {
  return { status, body: { success: false, message } };
}

/**
 * The session's player. Beside the session's own cookie the host wants to be told in words who asks, in a header that its
 * pages set or in a cookie of the sign-in; one that does not fit the session is nobody.
 */
export function identify(request: Request): Player | null {
  const { players, sessions } = readWorld();
  const player = players.get(sessions.get(readCookie(request, 'session_token') ?? '') ?? -1);
  const said = request.headers.get('x-user-data') ?? readCookie(request, 'x_user_data');
  if (player === undefined || said === null) return null;
  const { id } = JSON.parse(decodeURIComponent(said)) as { id?: unknown };
  return id === player.id ? player : null;
}

export function readCookie(request: Request, name: string): string | null {
  const cookies = (request.headers.get('cookie') ?? '').split('; ').map((cookie) => cookie.split('='));
  return cookies.find(([key]) => key === name)?.[1] ?? null;
}

/** What the host's browser knows of a player. */
export function toUser(player: Player) {
  const { password: _, hasClaimedDaily: __, claimable: ___, ...user } = player;
  return user;
}
