import { z } from 'zod';

/**
 * The one rule for text that people write and others read: names, notes, reasons.
 *
 * NFC, trimmed, on one line, with plain spaces. Refused: control characters, line breaks, what turns the direction of
 * writing, what cannot be seen, halves of characters, private ones, and marks piled up on one letter.
 *
 * @param bounds - In UTF-16 units, after trimming. `min` is 0 unless given.
 */
export function plainText({ min = 0, max }: { min?: number; max: number }) {
  return z
    .string()
    .normalize('NFC')
    .overwrite((text) => text.replaceAll(/\p{Zs}+/gu, ' ').trim())
    .min(min, min === 1 ? 'must not be empty' : `must have at least ${min} characters`)
    .max(max, `must have at most ${max} characters`)
    .refine(isPlain, 'must be plain text on one line, without invisible characters');
}

/** Joined emoji have invisible characters inside, and need them. */
const EMOJI =
  /\p{Extended_Pictographic}(?:\p{Emoji_Modifier}|\u{FE0F})?(?:\u{200D}\p{Extended_Pictographic}(?:\p{Emoji_Modifier}|\u{FE0F})?)*/gu;
/** Cc control, Cf format, Cs half a surrogate pair, Co private, Cn unassigned, Zl and Zp line and paragraph separator. */
const UNWANTED = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u{2800}]|\p{M}{4}/u;

function isPlain(text: string): boolean {
  return !UNWANTED.test(text.replaceAll(EMOJI, ''));
}
