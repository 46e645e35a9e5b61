/** Everything that runs on the server: the ledger and the door. */
export { answerWithSnapshot, type AnswerOptions } from './http/answer-with-snapshot.ts';
export { assertReadableUrl } from './http/assert-readable-url.ts';
export { assertSameOrigin } from './http/assert-same-origin.ts';
export type { Clock } from './http/clock.ts';
export {
  createCreditsHandler,
  type CreditsHandler,
  type CreditsHandlerOptions,
  type Identity,
} from './http/handler.ts';
export { oncePerProcess } from './http/once-per-process.ts';
export { readIdempotencyKey } from './http/read-idempotency-key.ts';
export { readJson } from './http/read-json.ts';
export { createServerStop } from './http/server-stop.ts';
export { toDisplayEntry } from './http/to-display-entry.ts';
export { toNextHandlers } from './http/to-next-handlers.ts';
export { toNodeListener, type NodeListener } from './http/to-node-listener.ts';
export { toProblemResponse } from './http/to-problem-response.ts';
export type {
  Circulation,
  HoldsQuestion,
  JoinedLedger,
  Ledger,
  LedgerCommands,
  Head,
  HeadsPage,
  VerifyDifference,
  VerifyOptions,
  VerifyProgress,
  VerifyReport,
} from './ledger/ledger.ts';
export type {
  AdjustCommand,
  CommandBase,
  ExtendCommand,
  GrantCommand,
  HoldCommand,
  PostCommand,
  Receipt,
  ReverseCommand,
  SpendCommand,
  TransferCommand,
  VoidCommand,
} from './ledger/command.ts';
export type { BalanceRow, RowProblem } from './ledger/balance-rows.ts';
export {
  compareBalances,
  type BalanceDifference,
  type CompareOptions,
  type ComparisonReport,
} from './ledger/compare-balances.ts';
export { createLedger, type LedgerOptions } from './ledger/create-ledger.ts';
export { openDatabase, type Database, type DatabaseOptions } from './ledger/database.ts';
export {
  importBalances,
  type ImportOptions,
  type ImportProgress,
  type ImportReport,
} from './ledger/import-balances.ts';
export { HOUSE_ISSUED, HOUSE_SPENT } from './ledger/intent.ts';
export { migrate, type MigrateOptions, type Migration } from './ledger/migrate.ts';
export { renewEpoch } from './ledger/renew-epoch.ts';
