import { DashboardError } from '../http/failure.ts';
import type { UserContext } from '../http/route.ts';
import type { UserRecord, Users } from '../users.ts';

/** The user whom the path names. @throws {DashboardError} `user_not_found` */
export async function findUser(users: Users, context: UserContext): Promise<UserRecord> {
  const user = await users.find(context.param('id'));
  if (user === null) throw new DashboardError('user_not_found', 'There is no such user.');
  return user;
}
