/** A person of the demo. */
export interface DemoUser {
  /** Nobody else can have an address of this domain: see {@link isDemoEmail}. */
  email: string;
  username: string;
  name: string;
  firstName: string;
  lastName: string;
  /** The text of the sign-in page about it: a key of `auth.demo`. */
  label: 'player' | 'friend' | 'admin';
  role: 'admin' | 'user';
}

export const PLAYER: DemoUser = {
  email: 'player@demo.test',
  username: 'mara',
  name: 'Mara Quill',
  firstName: 'Mara',
  lastName: 'Quill',
  label: 'player',
  role: 'user',
};
export const FRIEND: DemoUser = {
  email: 'friend@demo.test',
  username: 'jonas',
  name: 'Jonas Reed',
  firstName: 'Jonas',
  lastName: 'Reed',
  label: 'friend',
  role: 'user',
};
export const ADMIN: DemoUser = {
  email: 'admin@demo.test',
  username: 'ada',
  name: 'Ada Winter',
  firstName: 'Ada',
  lastName: 'Winter',
  label: 'admin',
  role: 'admin',
};

export const DEMO_USERS: readonly DemoUser[] = [PLAYER, FRIEND, ADMIN];

/** Whether an address is of the demo's domain: nobody may sign up with one and pass for a demo user. */
export function isDemoEmail(email: string): boolean {
  return email.toLowerCase().endsWith('@demo.test');
}
