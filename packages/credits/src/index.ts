/** The words that both ends share: pure, safe to import anywhere. */
export { CREDITS_MAX, parseAmount, parseBalanceAmount, parseVersion, type Credits } from './contract/amount.ts';
export { toBalance, type Balance } from './contract/balance.ts';
export {
  CREDITS_ERRORS,
  CreditsError,
  isCreditsError,
  type CreditsErrorCode,
  type CreditsErrorDetails,
} from './contract/error.ts';
export {
  formatEventId,
  HEARTBEAT_MS,
  parseEventId,
  type StreamEventName,
  type StreamEvents,
} from './contract/event.ts';
export type { Hold, HoldState } from './contract/hold.ts';
export { IDEMPOTENCY_KEY_LENGTH_MAX, parseIdempotencyKey } from './contract/idempotency-key.ts';
export { parseProblem, PROBLEM_TYPE, toProblem, type Problem } from './contract/problem.ts';
export {
  ACCOUNT_HEADER,
  APPLIED_SPAN_MAX,
  CREDITS_PATH,
  CREDITS_ROUTES,
  HISTORY_LIMIT_MAX,
  HOLD_LIST_STATES,
  HOLDS_LIMIT_MAX,
  IDEMPOTENCY_KEY_HEADER,
  OPERATIONS_MAX,
  type HistoryPage,
  type HoldListState,
  type HoldsPage,
} from './contract/route.ts';
export { parseSnapshot, type Snapshot, type SnapshotTime } from './contract/snapshot.ts';
export {
  METADATA_BYTES_MAX,
  REASON_LENGTH_MAX,
  type Entry,
  type EntryKind,
  type Metadata,
  type Transfer,
  type TransferKind,
} from './contract/transfer.ts';
