import type { Accounts } from '../accounts.ts';
import type { Credentials } from '../auth/credentials.ts';
import type { Profiles } from '../profiles.ts';
import type { Users } from '../users.ts';
import { DEMO_USERS, type DemoUser } from './users.ts';

export interface DemoAccountsOptions {
  credentials: Credentials;
  accounts: Accounts;
  profiles: Profiles;
  users: Users;
}

/**
 * Makes each demo user, or lets those in again that {@link closeDemoAccounts} closed. Where the password is another than
 * the user's, it replaces it and ends the user's sessions: what somebody knew before opens nothing any more.
 *
 * @returns The users' ids, in the order of `DEMO_USERS`.
 */
export async function openDemoAccounts(options: DemoAccountsOptions, password: string): Promise<string[]> {
  const ids: string[] = [];
  for (const user of DEMO_USERS) ids.push(await openDemoAccount(options, user, password));
  return ids;
}

async function openDemoAccount(
  { credentials, accounts, profiles, users }: DemoAccountsOptions,
  { email, name, username, role, firstName, lastName }: DemoUser,
  password: string,
): Promise<string> {
  let id = await credentials.find(email);
  if (id === null) {
    const isFree = (await users.findActiveByUsername(username)) === null;
    id = await credentials.create({ email, name, ...(isFree ? { username } : {}) });
    await profiles.update(id, { firstName, lastName });
  }
  await accounts.open(id);
  if (!(await credentials.matches(id, password))) await credentials.setPassword(id, password);
  await credentials.enable(id, role);
  return id;
}

/** Ends what an earlier start with demo users left: their role, their password and their sessions. */
export async function closeDemoAccounts(credentials: Credentials): Promise<void> {
  for (const { email } of DEMO_USERS) {
    const id = await credentials.find(email);
    if (id !== null) await credentials.disable(id, 'The demo is off.');
  }
}
