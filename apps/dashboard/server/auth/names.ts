import { z } from 'zod';
import { plainText } from '../http/text.ts';

/** Pairs of what looks like a Latin letter and the letter, beside what Unicode's compatibility forms say by themselves. */
const LOOKALIKES = new Map(
  ['0o 1i 3e 4a 5s 7t li |i !i $s @a', 'аa вb еe кk мm нh оo рp сc тt уy хx іi јj ѕs ԁd пn гr иn ӏi ьb']
    .concat(['αa βb εe ηn ιi κk μm νv οo ρp σo τt υu χx', 'ıi ɪi ԛq ɑa ᴀa ꜱs ᴅd ᴍm ɴn øo đd ðd'])
    .flatMap((pairs) => pairs.split(' '))
    .map((pair) => [pair.charAt(0), pair.charAt(1)]),
);

/** Reduces a word to what the eye reads: `Ádm1n`, and `аdmin` with a Cyrillic а, are what `admin` is. */
function fold(word: string): string {
  const plain = word.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
  return Array.from(plain, (character) => LOOKALIKES.get(character) ?? character).join('');
}

/** Words that nobody who signs up may be called by, alone or among others. */
const OFFICIAL = new Set(
  ['admin', 'admins', 'administrator', 'administration', 'sysadmin', 'superuser', 'superadmin', 'system', 'support']
    .concat(['helpdesk', 'moderator', 'moderators', 'official', 'webmaster', 'postmaster', 'hostmaster'])
    .map(fold),
);
/** Names that mean somebody else when they stand alone. */
const RESERVED = new Set(
  [
    'anonymous',
    'billing',
    'bot',
    'deleted',
    'everyone',
    'house',
    'me',
    'mod',
    'nobody',
    'null',
    'other',
    'owner',
    'root',
  ]
    .concat(['security', 'self', 'server', 'staff', 'team', 'undefined', 'you'])
    .map(fold),
);

/** Whether a name says that its owner runs this dashboard, or is nobody in particular. */
export function isReservedName(name: string): boolean {
  const words = name.split(/[^\p{L}\p{N}\p{M}|!$@]+/u).filter((word) => word !== '');
  // Also `a.d.m.i.n`, and `admin2`: digits are letters in disguise, or a number behind a name.
  const readings = [...words, words.join('')].flatMap((word) => [fold(word), fold(word.replace(/\p{N}+$/u, ''))]);
  if (readings.some((reading) => OFFICIAL.has(reading))) return true;
  return words.length === 1 && readings.some((reading) => RESERVED.has(reading));
}

const RESERVED_MESSAGE = 'is reserved: choose another';

/** How a person is greeted. */
export const displayNameSchema = plainText({ min: 1, max: 60 })
  .refine((name) => /[\p{L}\p{N}]/u.test(name), 'must have a letter or a digit')
  .refine((name) => !isReservedName(name), RESERVED_MESSAGE);

/** How others find and see a person. */
export const usernameSchema = z
  .string()
  .min(3, 'must have at least 3 characters')
  .max(30, 'must have at most 30 characters')
  .regex(/^[A-Za-z0-9_.]+$/, 'may have letters, digits, _ and . only')
  .refine((name) => !isReservedName(name), RESERVED_MESSAGE);

/** Makes a user name from a name: `mara_3f9a1c`, `elodie_02bd7e` from `Élodie`. */
export function pickUsername(name: string): string {
  const stem =
    name
      .normalize('NFKD')
      .toLowerCase()
      .replaceAll('ß', 'ss')
      .replaceAll(/[^a-z0-9]+/g, '')
      .slice(0, 20) || 'player';
  return `${isReservedName(stem) ? 'player' : stem}_${crypto.randomUUID().slice(0, 6)}`;
}
