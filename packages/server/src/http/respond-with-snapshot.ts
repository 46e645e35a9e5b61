import type { Ledger } from '../ledger/ledger.ts';
import { respondJson } from './json-response.ts';
import { NO_STORE } from './to-problem-response.ts';

export interface RespondOptions {
  /** @default 200 */
  status?: number;
  headers?: Record<string, string>;
  /** Operation ids that the snapshot lists as applied: that of the command. */
  operations?: readonly string[];
}

/**
 * Responds for a host's own mutating route: its body, `data.new_balance`, and the account's snapshot, from which an open
 * tab learns in one step that the operation is part of the balance.
 *
 * @param account - The signed-in user's, never another's: the page shows it to them.
 */
export async function respondWithSnapshot(
  ledger: Pick<Ledger, 'snapshot'>,
  account: string,
  body: Record<string, unknown>,
  options: RespondOptions = {},
): Promise<Response> {
  const { status = 200, headers = {}, operations } = options;
  const snapshot = await ledger.snapshot(account, operations === undefined ? {} : { operations });
  const data = { ...(body['data'] as object | undefined), new_balance: snapshot.balance.available };
  return respondJson({ ...body, data, snapshot }, { status, headers: { 'cache-control': NO_STORE, ...headers } });
}
