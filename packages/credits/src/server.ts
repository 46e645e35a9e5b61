/** Everything that runs on the server: the ledger and the door. */
export type { CreditsHandler, CreditsHandlerOptions, Identity } from './http/handler.ts';
export type { Circulation, Ledger, VerifyReport } from './ledger/ledger.ts';
export type {
  AdjustCommand,
  CommandBase,
  GrantCommand,
  HoldCommand,
  PostCommand,
  Receipt,
  ReverseCommand,
  SpendCommand,
  TransferCommand,
  VoidCommand,
} from './ledger/command.ts';
export { createLedger, type LedgerOptions } from './ledger/create-ledger.ts';
export { openDatabase, type Database, type DatabaseOptions } from './ledger/database.ts';
export { HOUSE_ISSUED, HOUSE_SPENT } from './ledger/intent.ts';
export { migrate, type MigrateOptions, type Migration } from './ledger/migrate.ts';
