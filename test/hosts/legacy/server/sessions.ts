import { readWorld } from './world';

export function endSessions(playerId: number): void {
  const { sessions } = readWorld();
  for (const [token, id] of sessions) if (id === playerId) sessions.delete(token);
}
