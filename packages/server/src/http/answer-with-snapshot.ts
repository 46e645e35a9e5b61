import type { Ledger } from '../ledger/ledger.ts';
import { NO_STORE } from './to-problem-response.ts';

export interface AnswerOptions {
  /** @default 200 */
  status?: number;
  headers?: Record<string, string>;
  /** Ids that the answer says to be applied: that of the command which is answered. */
  operations?: readonly string[];
}

/**
 * Answers a host's own mutating route: the body as it is, `data.new_balance`, and the account's snapshot, by which an
 * open tab knows in one step that the operation is in the number.
 *
 * @param account - The signed-in user's, never another's: what is answered is shown to them.
 * @throws {CreditsError} `account_not_found`
 */
export async function answerWithSnapshot(
  ledger: Ledger,
  account: string,
  body: Record<string, unknown>,
  options: AnswerOptions = {},
): Promise<Response> {
  const { status = 200, headers = {}, operations } = options;
  const snapshot = await ledger.snapshot(account, operations === undefined ? {} : { operations });
  const data = { ...(body['data'] as object | undefined), new_balance: snapshot.balance.available };
  return Response.json({ ...body, data, snapshot }, { status, headers: { 'cache-control': NO_STORE, ...headers } });
}
