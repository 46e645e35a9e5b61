import { randomInt } from 'node:crypto';

/** Without 0 and O, 1 and I: people read codes to each other. */
const ALPHABET = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';

/** A code that nobody guesses, of 5 bits a letter. */
export function generateCode(length: number): string {
  let code = '';
  for (let i = 0; i < length; i += 1) code += ALPHABET[randomInt(ALPHABET.length)];
  return code;
}

/** What somebody typed, as it is stored: `summer-26` and `Summer 26` are `SUMMER26`. Null when it cannot be a code. */
export function parseCode(typed: string): string | null {
  const code = typed.replaceAll(/[\s-]/g, '').toUpperCase();
  return /^[A-Z0-9]{4,24}$/.test(code) ? code : null;
}
