import { createTranslate } from '../messages';

/** The texts of the form for administrators, in English. */
export const ADJUST_ENGLISH = {
  adjust: 'Adjust',
  adjustTitle: 'Adjust the {unit} of {name}',
  adjustText: 'They see the change and its reason at once. It is an entry like every other, and never removed.',
  adjustHow: 'How to adjust',
  adjustBy: 'By an amount',
  adjustTo: 'To an exact balance',
  amount: 'Amount',
  newBalance: 'New balance',
  lessTakes: 'Less than 0 takes {unit} away. ',
  now: 'Now {amount}.',
  nowAt: 'Now {amount}, at version {version}.',
  becomes: '{before} → {after} ({change}).',
  becomesFrom: '{before} → {after} ({change}), from version {version}.',
  reason: 'Reason',
  reasonHint: 'The user reads it.',
  cancel: 'Cancel',
  waits: 'The change waits for an approval.',
  moved: 'The balance has moved meanwhile',
  notChanged: 'Nothing was changed',
  conflict: 'Nothing was changed: you decided on version {expected}, and it is at version {actual}. {next}',
  conflictUnknown: 'Nothing was changed. {next}',
  decideAgain: 'Look at the new balance below the field, and decide again.',
  wrongChange: 'Give a whole number other than 0.',
  wrongBalance: 'Give a whole number from 0 up.',
  wrongReason: 'Say why, in at least 3 characters.',
};

export const translate = createTranslate<keyof typeof ADJUST_ENGLISH>(ADJUST_ENGLISH);
