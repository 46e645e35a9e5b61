import { CreditsError, parseBalanceAmount, parseVersion, type Credits } from 'realtime-credits/contract';
import type { AdjustCommand, AdjustReceipt } from '../commands.ts';
import type { IntentBase } from './intent.ts';
import { toAdjustReceipt } from './journal-views.ts';
import { assertObject, parseBase, parseUserAccount } from './parse.ts';
import { assertAvailable, assertRoom, assertUnclaimed } from './refusals.ts';
import type { CommandRule } from './rule.ts';
import { SYSTEM_ISSUED, toSlotAccount } from './system-accounts.ts';

/** Makes `available` an exact amount, by a grant or its opposite. */
export interface AdjustIntent extends IntentBase {
  readonly kind: 'adjust';
  readonly account: string;
  readonly available: Credits;
  readonly expectedVersion: number;
}

export const adjust: CommandRule<AdjustCommand, AdjustIntent, AdjustReceipt> = {
  parse(command) {
    assertObject(command);
    const account = parseUserAccount(command.account);
    const available = parseBalanceAmount(command.available, 'available');
    const expectedVersion = parseVersion(command.expectedVersion, 'expectedVersion');
    const args = { account, available, expectedVersion };
    return { ...parseBase('adjust', command, args), kind: 'adjust', ...args };
  },
  locks: ({ account }, slot) => ({ accounts: [account, toSlotAccount(SYSTEM_ISSUED, slot)] }),
  apply(intent, { state, journal, slot }) {
    const account = journal.findAccount(intent.account);
    const { id, version } = account;
    if (version !== intent.expectedVersion) {
      throw new CreditsError(
        'version_conflict',
        `Account ${id} is at version ${version}, not ${intent.expectedVersion}. Read it again, then decide.`,
        { details: { expected: intent.expectedVersion, actual: version } },
      );
    }
    assertUnclaimed(state, account, intent.claimKey);
    const difference = intent.available - (account.posted - account.held);
    if (difference === 0) return { row: journal.leaveUnchanged(intent, account), hold: null };
    const issued = journal.findAccount(toSlotAccount(SYSTEM_ISSUED, slot));
    const [source, destination] = difference > 0 ? [issued, account] : [account, issued];
    const amount = Math.abs(difference);
    assertAvailable(source, amount);
    assertRoom(destination, amount);
    return { row: journal.move(intent, 'adjust', { source, destination, amount }), hold: null };
  },
  receipt: toAdjustReceipt,
};
