import { randomInt } from 'node:crypto';

/** Without characters that look alike: people type it from a terminal. */
const ALPHABET = '23456789abcdefghjkmnpqrstuvwxyz';

/** Makes a password of 89 random bits, such as `k7mpw3-xhqz9v-trd2fe`. */
export function generatePassword(): string {
  const pick = (): string => ALPHABET[randomInt(ALPHABET.length)] ?? '';
  return Array.from({ length: 3 }, () => Array.from({ length: 6 }, pick).join('')).join('-');
}
