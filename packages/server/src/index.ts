/** Everything that runs on a server: the ledger, its HTTP API, and adapters for servers. */
export { createCredits, type Credits, type CreditsOptions } from './http/create-credits.ts';
export {
  createCreditsHandler,
  type CreditsHandler,
  type CreditsHandlerOptions,
  type Identity,
} from './http/handler.ts';
export { acceptCommand, type AcceptOptions } from './http/accept-command.ts';
export { assertReadableUrl } from './http/assert-readable-url.ts';
export { assertTrustedOrigin } from './http/origin.ts';
export { readBytes, readJson } from './http/read-json.ts';
export { respondJson } from './http/json-response.ts';
export { respondWithSnapshot, type RespondOptions } from './http/respond-with-snapshot.ts';
export { toDisplayEntry } from './http/to-display-entry.ts';
export { toProblemResponse } from './http/to-problem-response.ts';
export { createGracefulStop } from './http/adapters/graceful-stop.ts';
export { singleton } from './http/adapters/singleton.ts';
export { toNextHandlers } from './http/adapters/to-next-handlers.ts';
export { toNodeListener, type NodeListener } from './http/adapters/to-node-listener.ts';
export type {
  AdjustCommand,
  AdjustReceipt,
  AllowanceReceipt,
  ChangeAllowanceCommand,
  ExtendCommand,
  GrantCommand,
  HoldCommand,
  HoldReceipt,
  PostCommand,
  PostReceipt,
  RateReceipt,
  Receipt,
  ReverseCommand,
  SpendCommand,
  StartAllowanceCommand,
  StartRateCommand,
  StopAllowanceCommand,
  StopRateCommand,
  TransferCommand,
  TransferReceipt,
  VoidCommand,
} from './ledger/commands.ts';
export { createLedger, type LedgerOptions } from './ledger/create-ledger.ts';
export type {
  Circulation,
  FoundTransfer,
  Head,
  JoinedLedger,
  Ledger,
  VerifyDifference,
  VerifyReport,
} from './ledger/ledger.ts';
export type {
  CreditsObserver,
  CreditsTracer,
  ObservedCommand,
  SpanAttributes,
  SpanDescription,
} from './ledger/observer.ts';
export type { WebhookEvent } from './ledger/rules/events.ts';
export type { ReceivedEvent, WebhookOptions } from './ledger/webhooks/options.ts';
export type { Delivery, DeliveryListOptions, DeliveryState, WebhookLog } from './ledger/webhooks/outbox.ts';
export type {
  ActivityFilter,
  ActivityKind,
  ActivityLine,
  ActivityPage,
  ActivityReader,
  ActivityTotals,
  BalancePoint,
  FoundActivity,
} from './ledger/activity.ts';
export type {
  LedgerHealth,
  OperatorReader,
  TransferFilter,
  TransferListPage,
  UpkeepHealth,
  CirculationPoint,
  Mover,
  MoversReport,
} from './ledger/operator.ts';
export { createLedgers, type Ledgers, type LedgersOptions, type MoveReport } from './ledgers/create-ledgers.ts';
export { createOperatorReader } from './ledger/postgres/operator-reads.ts';
export { createActivityReader } from './ledger/postgres/activity-reads.ts';
export { openDatabase, type Database, type DatabaseOptions, type SqlPool } from './ledger/postgres/database.ts';
export { GroupedReads } from './ledger/postgres/grouped-reads.ts';
export { groupFaults } from './ledger/postgres/group-faults.ts';
export { migrate, type MigrateOptions, type Migration } from './ledger/postgres/migrate.ts';
export { renewEpoch } from './ledger/postgres/renew-epoch.ts';
export { toUnavailable } from './ledger/postgres/sql-error.ts';
export { compareBalances, type ComparisonReport } from './import/compare-balances.ts';
export { importBalances, type ImportReport } from './import/import-balances.ts';
export { formatCsv } from './cli/csv.ts';
