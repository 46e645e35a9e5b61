import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/**
 * Stands for your users: two of them, made again at each start, whose password is in `DEMO_PASSWORD`; without it nobody can
 * sign in.
 */
const password = process.env['DEMO_PASSWORD'] ?? '';
const users = new Map([
  ['ada', await hash(password)],
  ['bob', await hash(password)],
]);

/** The account that this name and password belong to, or null. */
export async function checkPassword(body: unknown): Promise<string | null> {
  const { name, password: given } = (body ?? {}) as { name?: unknown; password?: unknown };
  if (typeof name !== 'string' || typeof given !== 'string' || given === '') return null;
  const known = users.get(name);
  // Also computed for a name that nobody has: the time that an answer takes says nothing of who exists.
  const { key } = await hash(given, known?.salt);
  return known !== undefined && timingSafeEqual(key, known.key) ? name : null;
}

async function hash(secret: string, salt: Buffer = randomBytes(16)): Promise<{ salt: Buffer; key: Buffer }> {
  return { salt, key: (await promisify(scrypt)(secret, salt, 32)) as Buffer };
}
