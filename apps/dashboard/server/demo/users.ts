/** A person of the demo. */
export interface DemoUser {
  /** Nobody else can have an address of this domain: see {@link isDemoEmail}. */
  email: string;
  username: string;
  name: string;
  firstName: string;
  lastName: string;
  /** What the sign-in page says of it. */
  label: string;
  role: 'admin' | 'user';
}

export const PLAYER: DemoUser = {
  email: 'player@demo.test',
  username: 'mara',
  name: 'Mara Quill',
  firstName: 'Mara',
  lastName: 'Quill',
  label: 'a player with servers and a streak',
  role: 'user',
};
export const FRIEND: DemoUser = {
  email: 'friend@demo.test',
  username: 'jonas',
  name: 'Jonas Reed',
  firstName: 'Jonas',
  lastName: 'Reed',
  label: 'came by the player’s referral link',
  role: 'user',
};
export const ADMIN: DemoUser = {
  email: 'admin@demo.test',
  username: 'ada',
  name: 'Ada Winter',
  firstName: 'Ada',
  lastName: 'Winter',
  label: 'an administrator',
  role: 'admin',
};

export const DEMO_USERS: readonly DemoUser[] = [PLAYER, FRIEND, ADMIN];

/** Whether an address is of the demo's domain: nobody may sign up with one and pass for a demo user. */
export function isDemoEmail(email: string): boolean {
  return email.toLowerCase().endsWith('@demo.test');
}
